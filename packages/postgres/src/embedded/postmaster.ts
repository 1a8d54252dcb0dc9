import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EndingStep, endInSteps, gone, isServerIn, lastWords, turnLog } from '@marathon/embedded-server';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';
import type { ServerUser } from './server-user.js';
import { serverSettings } from './settings.js';
import { removeSockets, socketDirectory } from './socket.js';

const readyTimeoutMs = 300_000; // recovery after a crash replays up to max_wal_size

/** Fast, then immediate (crash recovery follows), then by force. */
const endingSteps: readonly EndingStep[] = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

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
    const sockets = { unix_socket_directories: socketDirectory(place.cluster) ?? '' };
    const settings = Object.entries({ ...serverSettings, ...sockets }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
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
    await endInSteps((signal) => this.child.kill(signal), this.ended, endingSteps);
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
  const isOurs = await isServerIn(cluster, 'postgres', file.pid);
  if (isOurs) await endInSteps((signal) => process.kill(file.pid, signal), gone(file.pid), endingSteps);
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
  await removeSockets(cluster);
  return isOurs ? 'ended' : 'none';
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
