import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A fresh directory for one run's data, in `parent` or among the system's temporary files. Other users may pass through it:
 * PostgreSQL does not run as root.
 */
export async function makeTemporaryDirectory(parent: string = tmpdir()): Promise<string> {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(path.join(parent, 'marathon-bench-'));
  await chmod(directory, 0o711);
  return directory;
}

export const removeDirectory = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });
