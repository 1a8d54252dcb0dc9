import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataDirectoryInUseError } from './data-directory-in-use.error.js';
import { DirectoryLock } from './directory-lock.js';
import { processStart } from './process-identity.js';

describe('DirectoryLock', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'marathon-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const leaveLock = (content: string) => writeFile(path.join(directory, 'marathon.lock'), content);

  it('is refused while a living process holds it, naming that process (D1)', async () => {
    await DirectoryLock.acquire(directory);

    const refusal = await DirectoryLock.acquire(directory).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(DataDirectoryInUseError);
    expect(refusal).toMatchObject({ code: 'MARATHON_DATA_DIRECTORY_IN_USE', directory, pid: process.pid });
  });

  it('can be had again after its release, and leaves nothing behind', async () => {
    const lock = await DirectoryLock.acquire(directory);
    await lock.release();
    await lock.release();

    expect(await readdir(directory)).toEqual([]);
    await DirectoryLock.acquire(directory);
  });

  it.each([
    ['whose process is gone', JSON.stringify({ pid: 2 ** 22 + 1, processStart: 'before' })],
    ['whose process id is another process by now', JSON.stringify({ pid: process.pid, processStart: 'before' })],
    ['that is no lock at all', 'half a li'],
    ['that is empty', ''],
  ])('takes over a lock %s (D2)', async (_case, content) => {
    await leaveLock(content);

    await DirectoryLock.acquire(directory);

    expect(await readdir(directory)).toEqual(['marathon.lock']);
  });

  it('gives a stale lock to one of many (D3)', async () => {
    await leaveLock(JSON.stringify({ pid: process.pid, processStart: 'before' }));

    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => DirectoryLock.acquire(directory)));

    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(attempts.filter((attempt) => attempt.status === 'rejected' && attempt.reason instanceof DataDirectoryInUseError)).toHaveLength(
      19,
    );
    expect(await readdir(directory)).toEqual(['marathon.lock']);
  });

  it('finishes what a process left undone that died taking over (D3)', async () => {
    const stale = JSON.stringify({ pid: process.pid, processStart: 'before' });
    const turn = createHash('sha256').update(stale).digest('hex').slice(0, 16);
    await leaveLock(stale);
    await writeFile(path.join(directory, `marathon.lock.${turn}`), JSON.stringify({ pid: process.pid, processStart: 'later' }));

    await DirectoryLock.acquire(directory);

    expect(await readdir(directory)).toEqual(['marathon.lock']);
  });

  it('does not release a lock that is another’s by now', async () => {
    const lock = await DirectoryLock.acquire(directory);
    await leaveLock(JSON.stringify({ pid: process.ppid, processStart: await processStart(process.ppid) }));

    await lock.release();

    await expect(DirectoryLock.acquire(directory)).rejects.toMatchObject({ pid: process.ppid });
  });
});
