import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalBrokerToolMissingError } from './errors.js';

const run = promisify(execFile);
const oldestJava = 17;

/** @throws LocalBrokerToolMissingError */
export async function requireJava(): Promise<void> {
  const { stderr } = await run('java', ['-version']).catch((cause: Error) => {
    throw new LocalBrokerToolMissingError('java', cause.message, { cause });
  });
  const version = /version "(\d+)/.exec(stderr)?.[1];
  if (!version || Number(version) < oldestJava) throw new LocalBrokerToolMissingError('java', `found ${stderr.split('\n')[0]}`);
}

/** @throws LocalBrokerToolMissingError */
export async function requireMaven(): Promise<void> {
  await run('mvn', ['--version']).catch((cause: Error) => {
    throw new LocalBrokerToolMissingError('mvn', cause.message, { cause });
  });
}
