import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A fresh directory, which whoever asks for it removes. PostgreSQL does not run as root: its user passes through. */
export function makeTestDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'marathon-e2e-'));
  chmodSync(directory, 0o711);
  return directory;
}
