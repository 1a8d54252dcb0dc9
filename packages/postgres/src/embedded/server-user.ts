import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DirectoryUnreachableError, EmbeddedPostgresError } from './errors.js';

const run = promisify(execFile);
const name = 'postgres';

/** Whom the server runs as. PostgreSQL refuses to run as root: then it is the user `postgres`, made when it is missing. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** `undefined` says: as ourselves. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await lookUp();
  if (known) return known;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', name]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and the user ${name} could not be made; make it, or start as another user`,
      { cause },
    );
  }
  const made = await lookUp();
  if (!made) throw new EmbeddedPostgresError(`the user ${name} was made and is not there`);
  return made;
}

async function lookUp(): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)));
    return uid === undefined || gid === undefined ? undefined : { name, uid, gid };
  } catch {
    return undefined;
  }
}

/**
 * Checks that the user may pass every directory above `target`, and `target` too.
 * @throws DirectoryUnreachableError naming the first that is in the way.
 */
export async function requireReachable(target: string, user: ServerUser): Promise<void> {
  const resolved = await realpath(target);
  for (let place = resolved, below: string | undefined; place !== below; below = place, place = path.dirname(place)) {
    const { mode, uid, gid } = await stat(place);
    const passBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if (!(mode & passBit)) throw new DirectoryUnreachableError(place, resolved, user.name);
  }
}
