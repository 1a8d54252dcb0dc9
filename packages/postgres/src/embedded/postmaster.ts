import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';
import { isPostmasterOf, processStart } from './process-identity.js';
import type { ServerUser } from './server-user.js';
import { serverSettings } from './settings.js';

const readyTimeoutMs = 300_000; // recovery after a crash replays up to max_wal_size
const fastShutdownMs = 20_000;
const immediateShutdownMs = 5_000;
const logBytesMax = 10 * 1024 * 1024;

export interface PostmasterPlace {
  readonly binaries: PostgresBinaries;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly logFile: string;
  readonly user: ServerUser | undefined;
}

/** A PostgreSQL server that we started. It has a process group of its own, so that a Ctrl-C in the terminal reaches only us. */
export class Postmaster {
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  private readonly endWithUs = () => this.child.kill('SIGINT');

  private constructor(
    private readonly child: ChildProcess,
    private readonly place: PostmasterPlace,
  ) {
    this.ended = new Promise((resolve) => {
      const end = () => {
        process.off('exit', this.endWithUs);
        resolve();
      };
      child.once('exit', end).once('error', end);
    });
    process.on('exit', this.endWithUs);
  }

  /** @throws EmbeddedPostgresError when it ends before it is ready. */
  static async start(place: PostmasterPlace, port: number): Promise<Postmaster> {
    await turnLog(place.logFile);
    const log = await open(place.logFile, 'a');
    const settings = Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    try {
      const child = spawn(place.binaries.postgres, ['-D', place.cluster, '-p', String(port), ...settings], {
        cwd: place.cluster,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        ...(place.user && { uid: place.user.uid, gid: place.user.gid }),
      });
      child.unref();
      const postmaster = new Postmaster(child, place);
      await postmaster.ready();
      return postmaster;
    } finally {
      await log.close();
    }
  }

  /** Ends it in order: sessions are cut, a checkpoint is written. Bounded; what does not end in time is ended harder. */
  async stop(): Promise<void> {
    await endWith((signal) => this.child.kill(signal), this.ended);
  }

  private async ready(): Promise<void> {
    const hasEnded = this.ended.then(() => true);
    for (const until = Date.now() + readyTimeoutMs; Date.now() < until; ) {
      const file = await readPostmasterFile(this.place.cluster);
      if (file?.pid === this.child.pid && file?.isReady) return;
      if (await Promise.race([hasEnded, delay(10, false)])) {
        throw new EmbeddedPostgresError(`PostgreSQL ended before it was ready; its last words: ${await lastWords(this.place.logFile)}`);
      }
    }
    await this.stop();
    throw new EmbeddedPostgresError(`PostgreSQL was not ready within ${readyTimeoutMs} ms; see ${this.place.logFile}`);
  }
}

/**
 * Ends the server that a killed process left behind, and clears its file away. Call it only while holding the directory's lock.
 * A process id that is no server of this very directory is not touched.
 */
export async function endOrphan(cluster: string): Promise<'ended' | 'none'> {
  const file = await readPostmasterFile(cluster);
  if (!file) return 'none';
  const isOurs = await isPostmasterOf(file.pid, cluster);
  if (isOurs) await endWith((signal) => process.kill(file.pid, signal), gone(file.pid));
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
  return isOurs ? 'ended' : 'none';
}

/** Fast, then immediate (crash recovery follows), then by force: each after the time of the one before. */
async function endWith(kill: (signal: NodeJS.Signals) => unknown, ended: Promise<void>): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', immediateShutdownMs],
  ] as const) {
    try {
      kill(signal);
    } catch {
      return; // there is no such process any more
    }
    const waiting = new AbortController();
    const over = await Promise.race([ended.then(() => true), delay(waitMs, false, { signal: waiting.signal }).catch(() => false)]);
    waiting.abort();
    if (over) return;
  }
}

async function gone(pid: number): Promise<void> {
  for (const start = await processStart(pid); start !== undefined && (await processStart(pid)) === start; ) await delay(20);
}

async function readPostmasterFile(cluster: string): Promise<{ readonly pid: number; readonly isReady: boolean } | undefined> {
  try {
    const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

async function turnLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logBytesMax) await rename(file, `${file}.1`);
}

async function lastWords(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-5).join(' | ') || 'none';
}
