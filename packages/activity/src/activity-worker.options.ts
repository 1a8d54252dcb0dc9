import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock, MessagePublisher, Stream } from '@marathon/core';
import { taskQueuePattern } from '@marathon/protocol';
import { ActivityWorkerOptionsError } from './activity.errors.js';

/** What a worker speaks through, and how much it takes on. */
export interface ActivityWorkerOptions {
  readonly stream: Stream;
  readonly publisher: MessagePublisher;
  readonly clock: Clock;
  /** Default `['default']`. */
  readonly taskQueues?: readonly string[];
  /** Attempts that run at once; as many tasks again are read ahead. Default 100. */
  readonly maxConcurrent?: number;
  /** An attempt that outlives this is announced, and its lease renewed from then on. Default 2,000. */
  readonly announceAfterMs?: number;
  /** The largest result, as UTF-8 encoded JSON. Default 921,600 (900 KiB). */
  readonly resultBytesMax?: number;
  /** How long a stopping worker waits for its attempts before it aborts them and hands them back. Default 10,000. */
  readonly drainTimeoutMs?: number;
  /**
   * What histories call this worker, 1 to 200 characters. Attempts are granted to it by this name: no two living workers may share
   * one. Default: host name, process id and six random digits.
   */
  readonly identity?: string;
}

/** The options with their defaults. */
export type ActivityWorkerSettings = Required<ActivityWorkerOptions>;

/** Fills in the defaults. @throws ActivityWorkerOptionsError naming the option that makes no sense. */
export function activityWorkerSettings(options: ActivityWorkerOptions): ActivityWorkerSettings {
  const settings = {
    taskQueues: ['default'],
    maxConcurrent: 100,
    announceAfterMs: 2_000,
    resultBytesMax: 900 * 1_024,
    drainTimeoutMs: 10_000,
    identity: `${hostname().slice(0, 150)}-${process.pid}-${randomBytes(3).toString('hex')}`,
    ...options,
  };
  refuse(settings.taskQueues.length === 0, 'taskQueues: name at least one');
  refuse(new Set(settings.taskQueues).size < settings.taskQueues.length, 'taskQueues: each at most once');
  for (const queue of settings.taskQueues)
    refuse(
      !taskQueuePattern.test(queue),
      `taskQueues: "${queue}" is no name of a task queue (letters, digits, ".", "_" and "-", at most 200)`,
    );
  refuse(!isWhole(settings.maxConcurrent, 1), 'maxConcurrent: a whole number from 1');
  refuse(!isWhole(settings.announceAfterMs, 0), 'announceAfterMs: a whole number from 0');
  refuse(!isWhole(settings.resultBytesMax, 1_024), 'resultBytesMax: a whole number from 1024');
  refuse(!isWhole(settings.drainTimeoutMs, 0), 'drainTimeoutMs: a whole number from 0');
  refuse(settings.identity.length === 0 || settings.identity.length > 200, 'identity: 1 to 200 characters');
  return settings;
}

const isWhole = (value: number, min: number): boolean => Number.isSafeInteger(value) && value >= min;

function refuse(isWrong: boolean, message: string): void {
  if (isWrong) throw new ActivityWorkerOptionsError(message);
}
