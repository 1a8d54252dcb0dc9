import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DataDirectoryInUseError, EmbeddedPostgresError } from './errors.js';
import { processStart } from './process-identity.js';

// One living process at a time may use a data directory.
//   D1  The lock is a file with the holder's process id and start; it appears with its content or not at all (link).
//   D2  A lock whose process is gone, or is another process under the same id by now, is stale and is taken over.
//   D3  Of several that take over a stale lock one wins: whoever moved a lock away that is not the stale one puts it back.

export class DirectoryLock {
  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {}

  /** @throws DataDirectoryInUseError when a living process holds it. */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const file = path.join(directory, 'marathon.lock');
    const content = `${JSON.stringify({ pid: process.pid, processStart: await processStart(process.pid) })}\n`;
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, content);
    try {
      for (let attempt = 0; attempt < 10; attempt++) {
        if (await linked(draft, file)) return new DirectoryLock(file, content);
        await removeStale(directory, file);
      }
      throw new EmbeddedPostgresError(`the lock ${file} changes its holder all the time`);
    } finally {
      await rm(draft, { force: true });
    }
  }

  async release(): Promise<void> {
    if ((await contentOf(this.file)) === this.content) await rm(this.file, { force: true });
  }
}

async function removeStale(directory: string, file: string): Promise<void> {
  const found = await contentOf(file);
  if (found === undefined) return;
  const holder = parseHolder(found);
  if (holder && holder.processStart === (await processStart(holder.pid))) throw new DataDirectoryInUseError(directory, holder.pid);
  const moved = `${file}.stale.${process.pid}`;
  try {
    await rename(file, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await contentOf(moved)) !== found) await linked(moved, file);
  await rm(moved, { force: true });
}

function parseHolder(content: string): { readonly pid: number; readonly processStart: string } | undefined {
  try {
    const { pid, processStart: start } = JSON.parse(content) as Record<string, unknown>;
    return typeof pid === 'number' && typeof start === 'string' ? { pid, processStart: start } : undefined;
  } catch {
    return undefined;
  }
}

async function linked(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
