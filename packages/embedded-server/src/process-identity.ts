import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * When a process started, in words that only serve to compare: a process id alone may by now be another's.
 * `undefined` when there is no such process.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The name in parentheses may hold anything; behind it follow state (a dead one awaits its parent) and, as field 22, the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether `pid` is the program `name`, with `directory` as its working directory (elsewhere than on Linux: named in its command). */
export async function isServerIn(directory: string, name: string, pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const command = await ps(pid, 'command');
    return command?.includes(name) === true && command.includes(directory);
  }
  try {
    const [foundName, workingDirectory] = await Promise.all([readFile(`/proc/${pid}/comm`, 'utf8'), readlink(`/proc/${pid}/cwd`)]);
    return foundName.trim() === name && path.resolve(workingDirectory) === path.resolve(directory);
  } catch {
    return false;
  }
}

async function ps(pid: number, column: 'lstart' | 'command'): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
