import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DataDirectoryInUseError } from './data-directory-in-use.error.js';
import { processStart } from './process-identity.js';

// One living process at a time may use a data directory.
//   D1  The lock is a file with the holder's process id and start; it appears with its content or not at all (link, rename).
//   D2  A lock whose process is gone, or is another process under the same id by now, is stale and is taken over.
//   D3  Of several that take over a stale lock one wins: who replaces it holds a lock on just that, in a file named by the stale one's
//       content, and looks again whether it is still there.

export class DirectoryLock {
  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {}

  /** @throws DataDirectoryInUseError when a living process holds it. */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const file = path.join(directory, 'marathon.lock');
    const content = `${JSON.stringify({ pid: process.pid, processStart: await processStart(process.pid) })}\n`;
    await take(directory, file, content);
    return new DirectoryLock(file, content);
  }

  async release(): Promise<void> {
    if ((await contentOf(this.file)) === this.content) await rm(this.file, { force: true });
  }
}

async function take(directory: string, file: string, content: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    while (!(await linked(draft, file))) {
      const found = await contentOf(file);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder && holder.processStart === (await processStart(holder.pid))) throw new DataDirectoryInUseError(directory, holder.pid);
      if (await replaced(directory, file, found, draft)) return;
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Puts the draft in the place of a stale lock, unless somebody else was faster. */
async function replaced(directory: string, file: string, stale: string, draft: string): Promise<boolean> {
  const turn = `${file}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  await take(directory, turn, await readFile(draft, 'utf8'));
  try {
    if ((await contentOf(file)) !== stale) return false;
    await rename(draft, file);
    return true;
  } finally {
    await rm(turn, { force: true });
  }
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

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
