import { readFile, rename, stat } from 'node:fs/promises';

const logBytesMax = 10 * 1024 * 1024;

/** Puts a long log aside, so that the server begins another; the one before that is dropped. */
export async function turnLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logBytesMax) await rename(file, `${file}.1`);
}

/** The last five lines, in one; without stack traces. */
export async function lastWords(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() && !/^\s+(at |\.\.\.)/.test(line));
  return lines.slice(-5).join(' | ') || 'none';
}
