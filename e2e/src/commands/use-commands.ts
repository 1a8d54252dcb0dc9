import { rmSync } from 'node:fs';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { makeTestDirectory } from '../system/test-directory.js';
import { NpmCommand } from './npm-command.js';

/** A command builds what is stale before it begins. */
const testTimeoutMs = 300_000;

/** For each test a directory of its own, and commands that have ended when the test has. */
export function useCommands() {
  let directory = '';
  let commands: NpmCommand[] = [];
  jest.setTimeout(testTimeoutMs);
  beforeEach(() => {
    directory = makeTestDirectory();
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
