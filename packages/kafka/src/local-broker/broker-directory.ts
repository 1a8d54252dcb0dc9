import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type BrokerPorts, serverProperties } from './broker-settings.js';
import { LocalBrokerError } from './errors.js';

/**
 * Writes the settings, and formats the log directory when there is none. It appears under its name only when it is complete.
 * @returns the file with the settings
 * @throws LocalBrokerError
 */
export async function prepareDirectory(directory: string, ports: BrokerPorts, libraries: string): Promise<string> {
  const logDirectory = path.join(directory, 'kafka');
  const settingsFile = path.join(directory, 'server.properties');
  if (!(await exists(path.join(logDirectory, 'meta.properties')))) await format(logDirectory, settingsFile, ports, libraries);
  await writeFile(settingsFile, serverProperties(logDirectory, ports));
  return settingsFile;
}

async function format(logDirectory: string, settingsFile: string, ports: BrokerPorts, libraries: string): Promise<void> {
  if (await exists(logDirectory))
    throw new LocalBrokerError(`${logDirectory} is there and holds no Kafka data; choose another directory, or remove it`);
  const unfinished = `${logDirectory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  await writeFile(settingsFile, serverProperties(unfinished, ports));
  const clusterId = randomBytes(16).toString('base64url');
  try {
    await promisify(execFile)('java', [
      '-Xmx128m',
      '-XX:TieredStopAtLevel=1',
      '-classpath',
      path.join(libraries, '*'),
      'kafka.tools.StorageTool',
      'format',
      `--cluster-id=${clusterId}`, // in one word: it may begin with a dash
      '--config',
      settingsFile,
    ]);
  } catch (cause) {
    throw new LocalBrokerError(`Kafka's StorageTool failed in ${unfinished}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  await rename(unfinished, logDirectory);
}

const exists = (place: string): Promise<boolean> =>
  access(place).then(
    () => true,
    () => false,
  );
