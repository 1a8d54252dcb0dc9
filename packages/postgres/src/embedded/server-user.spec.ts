import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DirectoryUnreachableError } from './errors.js';
import { requireReachable } from './server-user.js';

const stranger = { name: 'postgres', uid: 4_000_000, gid: 4_000_000 };

describe('requireReachable', () => {
  let top: string;
  let target: string;
  beforeEach(async () => {
    top = await realpath(await mkdtemp(path.join(tmpdir(), 'marathon-reach-')));
    target = path.join(top, 'home', 'data');
    await mkdir(target, { recursive: true });
    for (const place of [top, path.join(top, 'home'), target]) await chmod(place, 0o711);
  });
  afterEach(() => rm(top, { recursive: true, force: true }));

  it('is content when every directory lets the user pass', async () => {
    await requireReachable(target, stranger);
  });

  it('names the directory that is in the way, and the remedy', async () => {
    await chmod(path.join(top, 'home'), 0o700);

    const refusal = await requireReachable(target, stranger).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(DirectoryUnreachableError);
    expect(refusal).toMatchObject({ code: 'MARATHON_DIRECTORY_UNREACHABLE', obstacle: path.join(top, 'home'), target, user: 'postgres' });
    expect((refusal as Error).message).toContain(`chmod o+x ${path.join(top, 'home')}`);
  });

  it('goes by the permissions of the owner and of the group where the user is one', async () => {
    await chmod(top, 0o700);
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

    await requireReachable(top, { name: 'owner', uid, gid });
    await expect(requireReachable(top, { name: 'group', uid: stranger.uid, gid })).rejects.toBeInstanceOf(DirectoryUnreachableError);
    await chmod(top, 0o710);
    await requireReachable(top, { name: 'group', uid: stranger.uid, gid });
  });
});
