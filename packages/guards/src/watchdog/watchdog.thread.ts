import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { MainThread } from './main-thread.js';
import { OverdueTurn } from './overdue-turn.js';
import { TurnRecord } from './turn-record.js';
import { describeUnresponsiveRun, type UnresponsiveRunHandler, unresponsiveExitCode } from './unresponsive-run.js';

/** What the watchdog gives to its thread. */
export interface WatchData {
  readonly memory: SharedArrayBuffer;
  readonly limitMs: number;
  readonly handlerTimeoutMs: number;
  readonly handler?: { readonly module: string; readonly data: unknown };
}

const ticksMax = 20;
const mainThreadTimeoutMs = 3_000;

const data = workerData as WatchData;
const turns = new TurnRecord(data.memory);
const overdue = new OverdueTurn(turns, ticksMax);
const handle = data.handler && (await loadHandler(data.handler.module));
let isReporting = false;

setInterval(() => {
  const turn = isReporting ? undefined : overdue.tick();
  if (turn !== undefined) report(turn).catch(() => process.kill(process.pid, 'SIGKILL'));
}, data.limitMs / ticksMax);
parentPort?.postMessage('ready');

async function report(turn: number): Promise<void> {
  isReporting = true;
  const main = new MainThread();
  const location = await main.pause(mainThreadTimeoutMs);
  if (turns.currentTurn() !== turn) {
    main.release();
    isReporting = false;
    return;
  }
  const run = { runId: turns.currentRunId(), limitMs: data.limitMs, ...(location !== undefined && { location }) };
  const handled = handle?.(run, data.handler?.data);
  const marked = handled && (await Promise.race([handled, failAfter(data.handlerTimeoutMs)]).catch(toError));
  writeSync(2, `${describeUnresponsiveRun(run, marked)}\n`);
  main.exit(unresponsiveExitCode, mainThreadTimeoutMs);
}

async function loadHandler(module: string): Promise<UnresponsiveRunHandler<unknown>> {
  const { handleUnresponsiveRun } = (await import(module)) as { handleUnresponsiveRun?: UnresponsiveRunHandler<unknown> };
  if (typeof handleUnresponsiveRun !== 'function') throw new TypeError(`${module} exports no function handleUnresponsiveRun`);
  return handleUnresponsiveRun;
}

function failAfter(timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
