import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { NpmCommand } from './npm-command.js';

/** A command builds what is stale before it begins. */
const testTimeoutMs = 300_000;

/** For each test a directory of its own, and commands that have ended when the test has. */
export function useCommands() {
  let directory = '';
  let commands: NpmCommand[] = [];
  jest.setTimeout(testTimeoutMs);
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'marathon-command-'));
    chmodSync(directory, 0o711); // PostgreSQL does not run as root: its user passes through
  });
  afterEach(async () => {
    for (const command of commands) command.kill('SIGTERM');
    for (const command of commands) await command.exitCode();
    commands = [];
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    get directory() {
      return directory;
    },
    npm: (...args: string[]): NpmCommand => {
      const command = new NpmCommand(args);
      commands.push(command);
      return command;
    },
  };
}
