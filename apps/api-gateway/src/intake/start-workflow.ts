import {
  type Duration,
  durationMs,
  encodePayload,
  type KnownStart,
  type RunId,
  type RunStatus,
  runId,
  type Shard,
  type StartOutcome,
  smallPayloadCharsMax,
  type TypedEvent,
} from '@marathon/core';
import { UuidV7 } from '@marathon/host';
import type { StartWorkflowRequest } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Contracts } from '../contracts/contracts.js';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError, reusedKey } from '../http/problem.error.js';
import { namespace } from '../namespace.js';
import { ResultWaits, type Wait } from '../results/result-waits.js';
import { Definitions } from './definitions.js';
import { fingerprintOf } from './fingerprint.js';
import { RequestLane } from './request-lane.js';
import { StartLane, type StartSubmission } from './start-lane.js';
import { limitsOf } from './stated-limits.js';

/** How often a start that carries a signal meets an open run that closes before it gets the signal. */
const signalAttemptsMax = 5;
/** What a start occupies beside what the caller sent. */
const overheadBytes = 1_000;

type Signal = NonNullable<StartWorkflowRequest['signal']>;

export interface StartedRun {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly status: RunStatus;
  /** False for an open run that was there before, and is used. */
  readonly isNew: boolean;
  /** Of the run that was started just now, when that was asked for. */
  readonly wait: Wait | undefined;
}

/** Starts runs. */
@Injectable()
export class StartWorkflow {
  private readonly ids: UuidV7;

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock' | 'runReader'>,
    private readonly definitions: Definitions,
    private readonly contracts: Contracts,
    private readonly lane: StartLane,
    private readonly waits: ResultWaits,
    private readonly requests: RequestLane,
  ) {
    this.ids = new UuidV7(() => ports.clock.now());
  }

  /**
   * Resolves when the start is durable; or the signal that it carries, for the open run that has the id.
   * @param isAwaited the owner is told, with the start, that this gateway waits for the result.
   */
  async start(request: StartWorkflowRequest, idempotencyKey: string | undefined, isAwaited: boolean): Promise<StartedRun> {
    if (!request.signal) return this.startOnce(request, idempotencyKey, isAwaited);
    for (let attempt = 1; attempt <= signalAttemptsMax; attempt++) {
      const run = await this.startOnce({ ...request, idConflict: 'useExisting' }, idempotencyKey, isAwaited);
      if (run.isNew || (await this.signal(run, request.signal, idempotencyKey))) return run;
    }
    throw new ProblemError('MARATHON_OVERLOADED', 'runs of this workflow id start and close faster than a signal reaches them');
  }

  /** @returns false when the run has closed meanwhile. */
  private async signal({ workflowId, runId }: StartedRun, signal: Signal, idempotencyKey: string | undefined): Promise<boolean> {
    const content = contentOf(signal);
    const outcome = await this.requests.submit({
      namespace,
      workflowId,
      runId,
      request: { kind: 'signal', name: signal.name, ...(content !== undefined && { payload: content }) },
      ...(idempotencyKey !== undefined && { idempotencyKey, fingerprint: fingerprintOfSignal(signal, content) }),
    });
    if (outcome.outcome === 'key-reused') throw reusedKey();
    return outcome.outcome === 'accepted' || outcome.outcome === 'repeated';
  }

  private async startOnce(request: StartWorkflowRequest, idempotencyKey: string | undefined, isAwaited: boolean): Promise<StartedRun> {
    const id = runId(this.ids.next());
    const workflowId = request.workflowId ?? id;
    let shard: Shard;
    try {
      shard = await this.shardFor(request, workflowId);
    } catch (refusal) {
      const known = idempotencyKey !== undefined && refusal instanceof ProblemError && (await this.knownRun(request, idempotencyKey));
      if (known) return known;
      throw refusal;
    }
    const submission = { to: shard, ...runStart(request, { id, workflowId, shard, at: this.ports.clock.now(), idempotencyKey }) };
    const wait = isAwaited ? this.waits.open({ runId: id, shard: shard.id }) : undefined;
    try {
      const outcome = await this.lane.submit({ ...submission, replyTo: wait && this.waits.replyTo(id) });
      if (outcome.outcome === 'started') return { runId: id, workflowId, status: 'Pending', isNew: true, wait };
      wait?.release();
      return runThatWasThere(request, workflowId, outcome);
    } catch (error) {
      wait?.release();
      throw error;
    }
  }

  /** @throws ProblemError when no orchestrator takes it now */
  private async shardFor({ workflow, taskQueue, input, signal }: StartWorkflowRequest, workflowId: string): Promise<Shard> {
    const shard = await this.definitions.placeRun(workflow, workflowId, taskQueue);
    await this.contracts.checkStart({ workflow, taskQueue: shard.taskQueue }, input, signal);
    return shard;
  }

  /** What was started under the key before, or got the signal: workflows and their contracts may have changed since. */
  private async knownRun(request: StartWorkflowRequest, idempotencyKey: string): Promise<StartedRun | undefined> {
    const { workflowId, signal } = request;
    const known = await this.ports.runReader.findStarted({
      ...{ namespace, idempotencyKey, fingerprint: fingerprintOf(request) },
      ...(signal && workflowId !== undefined && { signal: { workflowId, fingerprint: fingerprintOfSignal(signal) } }),
    });
    return known && runOfKey(known);
  }
}

/** @throws ProblemError when the start is none */
function runThatWasThere(
  { idConflict }: StartWorkflowRequest,
  workflowId: string,
  outcome: Exclude<StartOutcome, { readonly outcome: 'started' }>,
): StartedRun {
  if (outcome.outcome !== 'open') return runOfKey(outcome);
  const { runId, status } = outcome;
  if (idConflict === 'useExisting') return { workflowId, runId, status, isNew: false, wait: undefined };
  throw new ProblemError('MARATHON_WORKFLOW_ID_IN_USE', `run ${runId} of this workflow id is open`, {
    workflowId,
    runId,
    runStatus: status,
  });
}

/** @throws ProblemError MARATHON_IDEMPOTENCY_KEY_REUSED */
function runOfKey(known: KnownStart): StartedRun {
  if (known.outcome === 'key-reused') throw reusedKey();
  const { outcome, runId, workflowId, status } = known;
  return { runId, workflowId, status, isNew: outcome === 'repeated', wait: undefined };
}

interface Placement {
  readonly id: RunId;
  readonly workflowId: string;
  readonly shard: Shard;
  readonly at: number;
  readonly idempotencyKey: string | undefined;
}

function runStart(
  request: StartWorkflowRequest,
  { id, workflowId, shard, at, idempotencyKey }: Placement,
): Pick<StartSubmission, 'start' | 'bytes'> {
  const { workflow, memo, searchAttributes } = request;
  const startDelayMs = optionalMs(request.startDelay);
  const runTimeoutMs = optionalMs(request.runTimeout);
  // What has no JSON form is found out here, where it can be refused.
  const payload = encodePayload(request.input, 'input');
  const content = request.signal && contentOf(request.signal);
  const labels = encodePayload((memo ?? searchAttributes) ? { memo, searchAttributes } : undefined, 'memo', smallPayloadCharsMax);
  const data = {
    workflow,
    workflowId,
    taskQueue: shard.taskQueue,
    ...(memo && { memo }),
    ...(searchAttributes && { searchAttributes }),
    ...(runTimeoutMs !== undefined && { runTimeoutMs }),
    ...(startDelayMs !== undefined && { startDelayMs }),
    ...limitsOf(request),
    ...(request.signal && { signals: [{ name: request.signal.name, ...(content !== undefined && { payload: content }) }] }),
  };
  const started: TypedEvent<'WorkflowStarted'> = { seq: 1, type: 'WorkflowStarted', at, data, ...(payload !== undefined && { payload }) };
  const start = {
    namespace,
    runId: id,
    shard: shard.id,
    started,
    wakesAtMs: earliest(at, startDelayMs, runTimeoutMs),
    ...(idempotencyKey !== undefined && { idempotencyKey, fingerprint: fingerprintOf(request) }),
    ...(idempotencyKey !== undefined && request.signal && { signalFingerprint: fingerprintOfSignal(request.signal, content) }),
  };
  return { start, bytes: overheadBytes + (payload?.length ?? 0) + (content?.length ?? 0) + (labels?.length ?? 0) };
}

const contentOf = ({ payload }: Signal) => encodePayload(payload, 'signal.payload');

/** The same as of the signal when it is sent without a start. */
const fingerprintOfSignal = (signal: Signal, content = contentOf(signal)): string => fingerprintOf([signal.name, content]);

const optionalMs = (duration: Duration | undefined): number | undefined => (duration === undefined ? undefined : durationMs(duration));

/** The run times out `runTimeoutMs` after its code starts. */
function earliest(at: number, startDelayMs: number | undefined, runTimeoutMs: number | undefined): number | undefined {
  const fromNowMs = startDelayMs ?? runTimeoutMs;
  return fromNowMs === undefined ? undefined : at + fromNowMs;
}
