import { MarathonError } from '../errors.js';
import type { TypedEvent } from '../history/event.js';
import { defaultNamespace, type OutboxEntryId, type Shard, type ShardAddress, type ShardId } from '../ids.js';
import type { Message, RunEvents } from '../messages/message.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import type { Outbox } from '../ports/outbox.port.js';
import type { RequestOutcome, RunIntake, RunStart, StartOutcome } from '../ports/run-intake.port.js';
import type { Service } from '../ports/service.js';
import { Relay } from '../relay/relay.js';
import type { DeliverRequest, OutgoingRequest, Requester, StartChild } from '../run/outgoing-request.js';
import { requestsLeftBy } from '../run/outgoing-request.js';
import type { AnswerOfOthers } from '../run/run-input.js';
import { untilAvailable } from '../until-available.js';

// What runs ask of other runs is done through the intake, as gateways do it.
//   O1  A request is decided by an event and done after its commit. It may be done twice: its key makes that one time.
//   O2  Requests of all lanes share calls of the intake; while one is under way the next fills.
//   O3  What a closed run leaves is done before its outbox entry is deleted: who finds the entry does it again.

export interface OutgoingRequestServices {
  readonly intake: RunIntake;
  readonly outbox: Outbox;
  readonly publisher: MessagePublisher;
  readonly clock: Clock;
  readonly log: Log;
  /** The shard of a new run; nothing when no orchestrator has registered the workflow. */
  placeRun(run: {
    readonly workflow: string;
    readonly workflowId: string;
    readonly taskQueue?: string | undefined;
    readonly nearQueue: string;
  }): Promise<Shard | undefined>;
  /** Where a shard's messages arrive, whoever owns it. */
  shardOf(id: ShardId): Promise<ShardAddress | undefined>;
}

/** What came of it; `later` when there is no place for the child yet. */
export type OutgoingRequestOutcome = AnswerOfOthers | 'later';

/** Of one call of the intake. */
const batchCountMax = 256;
const batchCharsMax = 4 * 1024 * 1024;

interface Waiting {
  readonly request: OutgoingRequest;
  resolve(outcome: OutgoingRequestOutcome): void;
  reject(error: unknown): void;
}

/** Makes the requests that runs have of other runs. */
export class OutgoingRequests implements Pick<Service, 'stop'> {
  private readonly relay: Relay;
  private waiting: Waiting[] = [];
  private isBusy = false;
  private isStopped = false;

  constructor(
    /** Names the outbox entries of the starts. */
    private readonly source: string,
    private readonly services: OutgoingRequestServices,
  ) {
    const { publisher, outbox, clock, log } = services;
    this.relay = new Relay(publisher, outbox, () => {}, clock, log);
  }

  /** Resolves when its outcome is durable; tries again while the event log is away. @throws when it cannot be done, or no longer here. */
  do(request: OutgoingRequest): Promise<OutgoingRequestOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      setImmediate(() => void this.drain());
    });
  }

  /** Does what a closed run has left. A child for whose workflow there is no place was never started, and is given up. */
  async conclude(requester: Requester): Promise<void> {
    for (const requests of requestsLeftBy(requester)) {
      const outcomes = await Promise.all(requests.map((request) => this.do(request)));
      const abandoned = requests.filter((_, i) => outcomes[i] === 'later');
      if (abandoned.length === 0) continue;
      this.services.log.error('a run has closed, and the workflow of a child that it wanted is not registered: it is not started', {
        runId: requester.runId,
        workflows: abandoned.map((request) => request.kind === 'start-child' && request.started.workflow).join(),
      });
    }
  }

  /** Ends after the call under way. What was not begun is done by whoever has the run next. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.relay.stop();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) await this.settle(this.takeBatch());
    this.isBusy = false;
  }

  private takeBatch(): readonly Waiting[] {
    let count = 0;
    let chars = 0;
    for (const { request } of this.waiting) {
      if (count === batchCountMax || (count > 0 && chars + charsOf(request) > batchCharsMax)) break;
      count++;
      chars += charsOf(request);
    }
    return this.waiting.splice(0, count);
  }

  /** One request that cannot be done keeps no other from it. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    const { clock, log } = this.services;
    const doing = { clock, log, what: 'do what runs ask of others', isWanted: () => !this.isStopped };
    try {
      const outcomes = await untilAvailable(doing, () => this.perform(batch.map(({ request }) => request)));
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as OutgoingRequestOutcome);
    } catch (error) {
      const isOne = batch.length === 1 || (error instanceof MarathonError && error.retryable);
      if (isOne) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.settle([one]);
    }
  }

  private async perform(batch: readonly OutgoingRequest[]): Promise<readonly OutgoingRequestOutcome[]> {
    const starts = await this.start(batch.filter((request) => request.kind === 'start-child'));
    const deliveries = await this.deliver(batch.filter((request) => request.kind === 'deliver-request'));
    return batch.map((request): OutgoingRequestOutcome => {
      if (request.kind === 'no-receiver') return { kind: 'external-request-failed', requestSeq: request.seq, reason: 'closed' };
      return (request.kind === 'start-child' ? starts.get(request) : deliveries.get(request)) as OutgoingRequestOutcome;
    });
  }

  // Starts -------------------------------------------------------------------------------------------------------------------

  private async start(requests: readonly StartChild[]): Promise<ReadonlyMap<OutgoingRequest, OutgoingRequestOutcome>> {
    const shards = await Promise.all(requests.map((request) => this.placeOf(request)));
    const placed = requests.flatMap((request, i) => (shards[i] ? [{ request, ...this.runStart(request, shards[i]) }] : []));
    const { outcomes, entry } =
      placed.length > 0
        ? await this.services.intake.start(
            this.source,
            placed.map(({ start }) => start),
          )
        : nothing;
    this.announce(
      placed.filter((_, i) => outcomes[i]?.outcome === 'started'),
      entry,
    );
    const answers = new Map(placed.map(({ request }, i) => [request, startAnswer(request, outcomes[i] as StartOutcome)]));
    return new Map(requests.map((request) => [request, answers.get(request) ?? 'later']));
  }

  private placeOf({ started, nearQueue }: StartChild): Promise<Shard | undefined> {
    const { workflow, workflowId, taskQueue } = started;
    return this.services.placeRun({ workflow, workflowId, taskQueue, nearQueue });
  }

  private runStart({ runId, started: data, input, key }: StartChild, shard: Shard): { readonly start: RunStart; readonly to: Shard } {
    const at = this.services.clock.now();
    const { taskQueue } = shard;
    const payload = input === undefined ? {} : { payload: input };
    const started: TypedEvent<'WorkflowStarted'> = { seq: 1, type: 'WorkflowStarted', at, data: { ...data, taskQueue }, ...payload };
    const wakesAtMs = data.runTimeoutMs === undefined ? undefined : at + data.runTimeoutMs;
    return { start: { namespace: defaultNamespace, runId, shard: shard.id, started, wakesAtMs, idempotencyKey: key }, to: shard };
  }

  /** Tells owners and watchers of the runs that are new. */
  private announce(started: readonly { readonly start: RunStart; readonly to: Shard }[], entry: OutboxEntryId | undefined): void {
    if (started.length === 0) return;
    const messages = started.map(({ start, to }): Message => ({ kind: 'run-started', to, runId: start.runId, started: start.started }));
    this.relay.send(entry, messages);
    this.relay.tell(
      started.map(({ start: { runId, started: first } }): RunEvents => {
        const { workflowId, workflow } = first.data;
        return { runId, workflowId, workflow, events: [first] };
      }),
    );
  }

  // Deliveries ---------------------------------------------------------------------------------------------------------------

  private async deliver(requests: readonly DeliverRequest[]): Promise<ReadonlyMap<OutgoingRequest, OutgoingRequestOutcome>> {
    if (requests.length === 0) return new Map();
    const outcomes = await this.services.intake.request(requests.map(({ intake }) => intake));
    void this.nudgeOwners(outcomes);
    return new Map(requests.map((request, i) => [request, requestAnswer(request, outcomes[i] as RequestOutcome)]));
  }

  /** An owner that is not told reads its requests all the same. */
  private async nudgeOwners(outcomes: readonly RequestOutcome[]): Promise<void> {
    const nudges = await Promise.all(outcomes.map((outcome) => this.nudge(outcome).catch(() => undefined)));
    const messages = nudges.filter((message) => message !== undefined);
    if (messages.length > 0) this.relay.send(undefined, messages);
  }

  private async nudge(outcome: RequestOutcome): Promise<Message | undefined> {
    if (outcome.outcome !== 'accepted') return undefined;
    const { runId, request } = outcome;
    const to = await this.services.shardOf(outcome.shard);
    return to && { kind: 'request-accepted', to, runId, n: request.n, request };
  }
}

const nothing = { outcomes: [], entry: undefined };

/** A key is made of a run's id: that somebody else uses it comes to the same as that somebody else has the workflow id. */
function startAnswer({ seq: childSeq, runId, started: { workflowId } }: StartChild, { outcome }: StartOutcome): AnswerOfOthers {
  if (outcome === 'started' || outcome === 'repeated') return { kind: 'child-started', childSeq, workflowId, runId };
  return { kind: 'child-start-failed', childSeq, workflowId, reason: 'id-in-use' };
}

function requestAnswer({ seq: requestSeq }: DeliverRequest, outcome: RequestOutcome): AnswerOfOthers {
  switch (outcome.outcome) {
    case 'accepted':
    case 'repeated':
      return { kind: 'external-request-accepted', requestSeq, runId: outcome.runId };
    case 'closed':
      return { kind: 'external-request-failed', requestSeq, reason: 'closed' };
    default:
      return { kind: 'external-request-failed', requestSeq, reason: 'unknown' };
  }
}

function charsOf(request: OutgoingRequest): number {
  if (request.kind === 'start-child') return request.input?.length ?? 0;
  if (request.kind === 'no-receiver' || request.intake.request.kind !== 'signal') return 0;
  return request.intake.request.payload?.length ?? 0;
}
