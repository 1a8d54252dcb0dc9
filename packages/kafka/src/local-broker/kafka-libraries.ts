import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '@marathon/core';
import { LocalBrokerError } from './errors.js';
import { requireMaven } from './tools.js';

const kafkaVersion = '4.1.0';
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';

/** Kafka, and something that writes down what it logs: it brings none. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>marathon</groupId>
  <artifactId>local-broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * The directory with Kafka's jars. Maven fetches them once, into the user's cache; they appear there complete or not at all, so several
 * processes may do it at once.
 * @throws LocalBrokerToolMissingError when they are missing and Maven too; LocalBrokerError when Maven fails
 */
export async function kafkaLibraries(log: Log): Promise<string> {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'marathon');
  const libraries = path.join(cache, `kafka-${kafkaVersion}`);
  if (await exists(libraries)) return libraries;
  await requireMaven();
  await mkdir(cache, { recursive: true });
  log.info('fetching Apache Kafka with Maven, once', { libraries });
  const workshop = await mkdtemp(path.join(cache, 'fetch-'));
  try {
    await fetchInto(workshop);
    await rename(path.join(workshop, 'libraries'), libraries).catch(async (error: unknown) => {
      if (!(await exists(libraries))) throw error; // another process was faster
    });
    return libraries;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function fetchInto(workshop: string): Promise<void> {
  await writeFile(path.join(workshop, 'pom.xml'), pom);
  try {
    await promisify(execFile)(
      'mvn',
      ['--batch-mode', '--quiet', '--strict-checksums', copyDependencies, '-DincludeScope=runtime', '-DoutputDirectory=libraries'],
      { cwd: workshop, maxBuffer: 16 * 1024 * 1024 },
    );
  } catch (cause) {
    const { stdout = '' } = cause as { readonly stdout?: string };
    throw new LocalBrokerError(`Maven could not fetch Apache Kafka ${kafkaVersion}: ${stdout.trim().split('\n').slice(0, 3).join(' | ')}`, {
      cause,
    });
  }
}

const exists = (place: string): Promise<boolean> =>
  access(place).then(
    () => true,
    () => false,
  );
