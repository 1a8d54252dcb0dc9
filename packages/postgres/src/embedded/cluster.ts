import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { majorVersion, type PostgresBinaries } from './binaries.js';
import { DataDirectoryVersionError, EmbeddedPostgresError } from './errors.js';
import type { ServerUser } from './server-user.js';

/** The superuser, and the database that is made for it. */
export const databaseName = 'marathon';

export interface Cluster {
  /** PostgreSQL's own data directory. */
  readonly directory: string;
  readonly password: string;
}

/**
 * Makes the cluster in `dataDirectory` when there is none. It appears under its name only when it is complete, so that a
 * process killed in between leaves nothing that the next start would take for a cluster.
 * @throws DataDirectoryVersionError when another major version of PostgreSQL wrote it.
 */
export async function ensureCluster(dataDirectory: string, binaries: PostgresBinaries, user: ServerUser | undefined): Promise<Cluster> {
  const directory = path.join(dataDirectory, 'postgres');
  const passwordFile = path.join(dataDirectory, 'password');
  const found = await readFile(path.join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found === undefined) await makeCluster(directory, passwordFile, binaries, user);
  else await requireVersion(dataDirectory, Number(found), await majorVersion(binaries));
  return { directory, password: (await readFile(passwordFile, 'utf8')).trim() };
}

async function requireVersion(dataDirectory: string, found: number, supported: number): Promise<void> {
  if (found !== supported) throw new DataDirectoryVersionError(dataDirectory, found, supported);
}

async function makeCluster(
  directory: string,
  passwordFile: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
): Promise<void> {
  if (await exists(directory))
    throw new EmbeddedPostgresError(`${directory} is there and holds no PostgreSQL data; choose another directory, or remove it`);
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`);
  await chmod(passwordFile, 0o600);
  if (user) for (const place of [unfinished, passwordFile]) await chown(place, user.uid, user.gid);
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${databaseName}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-instructions',
      ],
      { cwd: unfinished, ...(user && { uid: user.uid, gid: user.gid }) },
    );
  } catch (cause) {
    throw new EmbeddedPostgresError(`initdb failed in ${unfinished}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  await rename(unfinished, directory);
}

const exists = (place: string): Promise<boolean> =>
  access(place).then(
    () => true,
    () => false,
  );
