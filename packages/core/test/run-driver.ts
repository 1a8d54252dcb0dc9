import {
  type AnyWorkflowDefinition,
  Definitions,
  encodePayload,
  type HistoryEvent,
  isClosed,
  type OwnedShard,
  type RunAdvance,
  type RunRequest,
  runId,
  type StepAttempt,
  shardId,
  TurnLoop,
} from '../src/index.js';
import { feed } from '../src/owner/lane/feed.js';
import { RunLoader } from '../src/owner/lane/run-loader.js';
import type { MapChanges, StoredMaps } from '../src/run/maps.js';
import type { Run } from '../src/run/run.js';
import type { RunInput } from '../src/run/run-input.js';

type WithoutNumber<Request> = Request extends { n: number } ? Omit<Request, 'n'> : never;

export const define = (run: AnyWorkflowDefinition['run']): AnyWorkflowDefinition => ({ name: 'work', run });

const shard: OwnedShard = { id: shardId(1), taskQueue: 'default', partition: 0, epoch: 1 };

/** One run, fed by hand; every input is committed before the next. Time moves by 1 ms with each. */
export class RunDriver {
  readonly history: HistoryEvent[] = [];
  readonly advances: RunAdvance[] = [];
  nowMs = 1_000;
  run!: Run;
  private requests = 0;
  private maps: StoredMaps | undefined;

  private constructor(private loader: RunLoader) {}

  /** Starts a run and ends its first turn. */
  static async start(
    definition: AnyWorkflowDefinition | undefined,
    options: { readonly input?: unknown; readonly startDelayMs?: number; readonly runTimeoutMs?: number; readonly build?: string } = {},
  ): Promise<RunDriver> {
    const { input, build, ...times } = options;
    const driver = new RunDriver(loaderOf(definition, build));
    const payload = encodePayload(input);
    const started = {
      seq: 1,
      type: 'WorkflowStarted',
      at: driver.nowMs,
      data: { workflow: 'work', workflowId: 'w', taskQueue: 'default', ...times },
      ...(payload !== undefined && { payload }),
    } as const;
    driver.history.push(started);
    driver.run = driver.loader.fresh(runId('run'), shard, started);
    await driver.give({ kind: 'start' });
    return driver;
  }

  /** Feeds all of them in one batch and commits. */
  async give(...inputs: readonly RunInput[]): Promise<void> {
    this.nowMs++;
    await feed(
      new TurnLoop({ turnBegan() {}, turnEnded() {} }),
      inputs.map((input) => ({ run: this.run, input })),
      this.nowMs,
    );
    this.commit();
  }

  commit(): void {
    const advance = this.run.collect(this.nowMs, () => runId('successor'), 100);
    if (!advance) return;
    this.history.push(...advance.events);
    this.advances.push(advance);
    if (advance.maps) this.maps = storedMaps(this.maps, advance.maps);
    this.run.confirm(advance);
  }

  complete(activitySeq: number, result?: unknown, attempt = 1): Promise<void> {
    const payload = encodePayload(result);
    const outcome = payload === undefined ? { outcome: 'completed' as const } : { outcome: 'completed' as const, result: payload };
    return this.give({ kind: 'attempt-finished', activitySeq, attempt, outcome });
  }

  fail(activitySeq: number, attempt = 1): Promise<void> {
    const failure = { type: 'Error', message: 'no', nonRetryable: true };
    return this.give({ kind: 'attempt-finished', activitySeq, attempt, outcome: { outcome: 'failed', failure } });
  }

  fire(timerSeq: number): Promise<void> {
    return this.give({ kind: 'timer-due', timerSeq });
  }

  finishStep(step: number, name: string, result?: unknown): Promise<void> {
    const payload = encodePayload(result);
    const outcome = payload === undefined ? { outcome: 'completed' as const } : { outcome: 'completed' as const, result: payload };
    return this.give({ kind: 'step-finished', step, name, attempt: 1, outcome });
  }

  request(request: WithoutNumber<RunRequest>): Promise<void> {
    return this.give(this.nextRequest(request));
  }

  nextRequest(request: WithoutNumber<RunRequest>): RunInput {
    return { kind: 'request', request: { ...request, n: ++this.requests } as RunRequest };
  }

  signal(name: string, content?: unknown): Promise<void> {
    const payload = encodePayload(content);
    return this.request(payload === undefined ? { kind: 'signal', name } : { kind: 'signal', name, payload });
  }

  /** Forgets what is in memory and reads the run again, with the same code or another. */
  async reload(
    definition: AnyWorkflowDefinition | undefined,
    revive: 'always' | 'other-build' | 'never' = 'always',
    build?: string,
    historyEventsMax?: number,
  ) {
    this.run.drop();
    this.loader = loaderOf(definition, build, historyEventsMax);
    const { runId: id, state } = this.run;
    const stored = {
      runId: id,
      shard: shard.id,
      status: this.run.committed.status,
      lastSeq: state.lastSeq,
      requestsAccepted: this.requests,
    };
    if (isClosed(state.status)) throw new Error('a closed run is not loaded');
    this.run = await this.loader.load(
      { ...stored, history: this.history, heartbeats: [], ...(this.maps && { maps: this.maps }) },
      shard,
      this.nowMs,
      revive,
    );
    this.commit();
  }

  get types(): readonly string[] {
    return this.history.map(({ type }) => type);
  }

  get last(): HistoryEvent {
    return this.history.at(-1) as HistoryEvent;
  }

  get suspension() {
    return this.run.state.suspension;
  }
}

const storedMaps = (before: StoredMaps | undefined, { last, records, ended }: MapChanges): StoredMaps => ({
  last,
  records: [...(before?.records ?? []), ...records].filter(({ mapSeq }) => !ended.includes(mapSeq)),
});

/** What a step that is performed by hand gets. */
export const firstAttempt: StepAttempt = { attempt: 1, signal: new AbortController().signal };

/** What the code of runs told, in all of a test file. */
export const told: { readonly level: string; readonly message: string; readonly fields: object | undefined }[] = [];
const tell = (level: string) => (message: string, fields?: object) => void told.push({ level, message, fields });
const log = { info: tell('info'), warn: tell('warn'), error: tell('error') };

const loaderOf = (definition: AnyWorkflowDefinition | undefined, build = 'build', historyEventsMax?: number) => {
  const turns = new TurnLoop({ turnBegan() {}, turnEnded() {} });
  return new RunLoader(new Definitions(definition ? [definition] : [], build), turns, () => {}, log, historyEventsMax);
};
