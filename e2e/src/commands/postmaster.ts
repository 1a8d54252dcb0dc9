import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Where PostgreSQL says who it is, while it runs. */
export const postmasterFile = (dataDirectory: string): string => path.join(dataDirectory, 'postgres/postmaster.pid');

/** The process id of the PostgreSQL that uses a data directory. */
export const postmasterOf = (dataDirectory: string): number => Number(readFileSync(postmasterFile(dataDirectory), 'utf8').split('\n')[0]);

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
