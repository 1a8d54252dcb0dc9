import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

// A statement takes 30 us over a socket of the file system and 100 us over TCP, three quarters of them in this process.

const prefix = '.s.PGSQL.';
/** What every platform takes as the path of a socket. */
const pathBytesMax = 103;

/** Where the server of a data directory has its socket; nothing where there can be none, so that TCP has to do. */
export function socketDirectory(cluster: string): string | undefined {
  const isShort = Buffer.byteLength(path.join(cluster, `${prefix}65535`)) <= pathBytesMax;
  return process.platform !== 'win32' && isShort ? cluster : undefined;
}

/** What a killed server left of its socket: a living process may have its number by now, and keep the next server from starting. */
export async function removeSockets(cluster: string): Promise<void> {
  const left = (await readdir(cluster)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(path.join(cluster, name), { force: true })));
}
