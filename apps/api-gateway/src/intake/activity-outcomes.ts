import {
  type ActivityRow,
  type AttemptRef,
  type EventData,
  isClosed,
  type NewActivityRequest,
  type Payload,
  type RunRow,
  type RunStatus,
} from '@marathon/core';
import { ActivityTokens } from '@marathon/host';
import type { RequestAccepted } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { namespace } from '../namespace.js';
import { activityFate, attemptFate, isToCome, wasDropped } from '../reads/attempt-fate.js';
import { Announcer } from './announcer.js';
import { Definitions } from './definitions.js';
import { fingerprintOf } from './fingerprint.js';
import { RequestLane } from './request-lane.js';

/** An attempt as somebody names it. */
export interface NamedAttempt {
  readonly attempt: AttemptRef;
  /** Whether whoever names it may speak for an activity such as this: what is no such attempt is unknown to them. */
  maySpeakFor(scheduled: EventData['ActivityScheduled'], runTaskQueue: string): boolean;
}

/** How attempts end, and that they go on, as told by whoever has their tokens. */
@Injectable()
export class ActivityOutcomes {
  private tokens: ActivityTokens | undefined;

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'secrets' | 'runReader' | 'clock' | 'processName'>,
    private readonly lane: RequestLane,
    private readonly announcer: Announcer,
    private readonly definitions: Definitions,
  ) {}

  /**
   * A worker can make tokens of whatever attempt it likes: they speak for activities of its task queue, and not for what people are asked.
   * @throws ProblemError MARATHON_TOKEN_UNKNOWN
   */
  async read(token: string): Promise<NamedAttempt> {
    this.tokens ??= await ActivityTokens.load(this.ports.secrets);
    const named = this.tokens.read(token);
    if (!named) throw unknownToken();
    const { attempt, isOf } = named;
    return { attempt, maySpeakFor: ({ approval, taskQueue }, runTaskQueue) => !approval && isOf(taskQueue ?? runTaskQueue) };
  }

  /**
   * Resolves when it is durable. An attempt has one outcome: the same one may be sent again.
   * @throws ProblemError MARATHON_TOKEN_UNKNOWN, MARATHON_ATTEMPT_OVER, MARATHON_RUN_CLOSED, MARATHON_OVERLOADED
   */
  async submit(named: NamedAttempt, request: NewActivityRequest): Promise<RequestAccepted> {
    const { attempt } = named;
    const { runId } = attempt;
    const idempotencyKey = keyOf(attempt);
    const fingerprint = fingerprintOf(request);
    const { run, events, request: known } = await this.find(named);
    const { workflowId } = run;
    if (known) {
      if (known.fingerprint !== fingerprint) throw over(run, activityFate(events) ?? 'another outcome was accepted for it before');
      if (wasDropped(events, attempt)) throw over(run, 'its outcome came too late');
      return { workflowId, runId };
    }
    // A success is taken from any attempt, as long as the activity is open.
    throwIfOver(run, request.kind === 'complete-activity' ? activityFate(events) : attemptFate(events, attempt));
    const outcome = await this.lane.submit({ namespace, workflowId, runId, request, idempotencyKey, fingerprint });
    if (outcome.outcome === 'key-reused') throw over(run, 'another outcome was accepted for it before');
    if (outcome.outcome === 'closed') throw closed(run, outcome.status);
    if (outcome.outcome === 'unknown') throw unknownToken();
    return { workflowId, runId };
  }

  /** Tells the run's owner, if it can be told; like a worker's, it is not durable but for its details. @throws as `submit` does */
  async heartbeat(named: NamedAttempt, details: Payload | undefined): Promise<RequestAccepted> {
    const { attempt } = named;
    const { run, events } = await this.find(named);
    throwIfOver(run, attemptFate(events, attempt));
    const to = await this.definitions.addressOf(run.shard);
    const heartbeat = { atMs: this.ports.clock.now(), ...(details !== undefined && { details }) };
    if (to) this.announcer.announce([{ kind: 'leases-renewed', to, worker: this.ports.processName, leases: [{ ...attempt, heartbeat }] }]);
    return { workflowId: run.workflowId, runId: run.runId };
  }

  private async find({ attempt, maySpeakFor }: NamedAttempt): Promise<ActivityRow> {
    const { runId, activitySeq } = attempt;
    const row = await this.ports.runReader.findActivity({ namespace, runId, activitySeq, idempotencyKey: keyOf(attempt) });
    const [scheduled] = row?.events ?? [];
    if (!row || scheduled?.type !== 'ActivityScheduled' || !maySpeakFor(scheduled.data, row.run.taskQueue)) throw unknownToken();
    // The end of a run leaves nothing of what its maps had beside the history.
    if (!isClosed(row.run.status) && isToCome(row.events, attempt)) throw unknownToken();
    return row;
  }
}

/** No client can send it: it has spaces. */
const keyOf = ({ runId, activitySeq, attempt }: AttemptRef): string => `outcome of ${runId}:${activitySeq}:${attempt}`;

function throwIfOver(run: RunRow, fate: string | undefined): void {
  if (fate !== undefined) throw over(run, fate);
  if (isClosed(run.status)) throw closed(run, run.status);
}

const unknownToken = (): ProblemError => new ProblemError('MARATHON_TOKEN_UNKNOWN', 'there is no attempt with this token');

const over = ({ workflowId, runId, status }: RunRow, fate: string): ProblemError =>
  new ProblemError('MARATHON_ATTEMPT_OVER', fate, { workflowId, runId, runStatus: status });

const closed = ({ workflowId, runId }: RunRow, runStatus: RunStatus): ProblemError =>
  new ProblemError('MARATHON_RUN_CLOSED', `run ${runId} is ${runStatus}`, { workflowId, runId, runStatus });
