import { once } from 'node:events';
import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { RunId, Service, TurnMonitor } from '@marathon/core';
import { TurnRecord } from './turn-record.js';
import type { WatchData } from './watchdog.thread.js';

const debuggerCheckIntervalMs = 1_000;

/** When a watchdog barks, and who hears it. */
export interface WatchdogOptions {
  /** How long one turn of a run may hold the process; 5,000 unless given. */
  readonly limitMs?: number;
  /**
   * A module that exports `handleUnresponsiveRun`, an UnresponsiveRunHandler, and what to pass to it (structured-cloneable). None where
   * runs end with their process.
   */
  readonly handler?: { readonly module: URL; readonly data: unknown };
  /** How long the handler may take before the process ends without it; 5,000 unless given. */
  readonly handlerTimeoutMs?: number;
}

/**
 * A thread that sees which run holds the process.
 *
 *  W1  A turn that lasts longer than the limit is reported to the handler; then the process ends with exit code 70, or by SIGKILL
 *      when it is stuck outside of JavaScript. No code of it runs from the report on.
 *  W2  When the handler fails, or takes too long, the process ends all the same.
 *  W3  Time in which the watchdog itself did not run (a stopped process, a sleeping machine) does not count.
 *  W4  While a debugger listens, nothing happens.
 *  W5  It keeps no process alive.
 */
export class Watchdog implements Service, TurnMonitor {
  private readonly turns = new TurnRecord();
  private thread: Promise<Worker> | undefined;
  private debuggerCheck: NodeJS.Timeout | undefined;

  constructor(private readonly options: WatchdogOptions = {}) {}

  /** @throws what the handler's module throws when it is loaded; TypeError when it exports no handler. */
  async start(): Promise<void> {
    this.thread ??= this.startThread();
    await this.thread;
  }

  /** Ends the thread that watches. */
  async stop(): Promise<void> {
    const starting = this.thread;
    this.thread = undefined;
    clearInterval(this.debuggerCheck);
    const thread = await starting?.catch(() => undefined);
    await thread?.terminate();
  }

  /** Code of the run holds the process from here on. */
  turnBegan(runId: RunId): void {
    this.turns.turnBegan(runId);
  }

  /** Control has come back. */
  turnEnded(): void {
    this.turns.turnEnded();
  }

  private async startThread(): Promise<Worker> {
    const { limitMs = 5_000, handlerTimeoutMs = 5_000, handler } = this.options;
    this.checkDebugger();
    this.debuggerCheck = setInterval(() => this.checkDebugger(), debuggerCheckIntervalMs).unref();
    const thread = new Worker(new URL('./watchdog.thread.js', import.meta.url), {
      name: 'watchdog',
      execArgv: [], // no guards in there
      workerData: {
        memory: this.turns.memory,
        limitMs,
        handlerTimeoutMs,
        ...(handler && { handler: { module: handler.module.href, data: handler.data } }),
      } satisfies WatchData,
    });
    await once(thread, 'message');
    thread.unref();
    return thread;
  }

  /** Only this thread can tell, and not while it is blocked. */
  private checkDebugger(): void {
    this.turns.isDebugged = inspector.url() !== undefined;
  }
}
