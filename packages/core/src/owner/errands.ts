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
import type { BringRequest, Errand, Principal, StartChild } from '../run/errand.js';
import { legacyOf } from '../run/errand.js';
import type { AnswerOfOthers } from '../run/run-input.js';
import { untilAvailable } from '../until-available.js';

// What runs ask of other runs is done through the intake, as gateways do it.
//   O1  An errand is decided by an event and done after its commit. It may be done twice: its key makes that one time.
//   O2  Errands of all lanes share calls of the intake; while one is under way the next fills.
//   O3  What a closed run leaves is done before its outbox entry is deleted: who finds the entry does it again.

export interface ErrandServices {
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
export type ErrandOutcome = AnswerOfOthers | 'later';

/** Of one call of the intake. */
const batchCountMax = 256;
const batchCharsMax = 4 * 1024 * 1024;

interface Waiting {
  readonly errand: Errand;
  resolve(outcome: ErrandOutcome): void;
  reject(error: unknown): void;
}

/** Does the errands of runs. */
export class Errands implements Pick<Service, 'stop'> {
  private readonly relay: Relay;
  private waiting: Waiting[] = [];
  private isBusy = false;
  private isStopped = false;

  constructor(
    /** Names the outbox entries of the starts. */
    private readonly source: string,
    private readonly services: ErrandServices,
  ) {
    const { publisher, outbox, clock, log } = services;
    this.relay = new Relay(publisher, outbox, () => {}, clock, log);
  }

  /** Resolves when its outcome is durable; tries again while the event log is away. @throws when it cannot be done, or no longer here. */
  do(errand: Errand): Promise<ErrandOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ errand, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      setImmediate(() => void this.drain());
    });
  }

  /** Does what a closed run has left. A child for whose workflow there is no place was never started, and is given up. */
  async conclude(principal: Principal): Promise<void> {
    for (const errands of legacyOf(principal)) {
      const outcomes = await Promise.all(errands.map((errand) => this.do(errand)));
      const abandoned = errands.filter((_, i) => outcomes[i] === 'later');
      if (abandoned.length === 0) continue;
      this.services.log.error('a run has closed, and the workflow of a child that it wanted is not registered: it is not started', {
        runId: principal.runId,
        workflows: abandoned.map((errand) => errand.kind === 'start-child' && errand.started.workflow).join(),
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
    for (const { errand } of this.waiting) {
      if (count === batchCountMax || (count > 0 && chars + charsOf(errand) > batchCharsMax)) break;
      count++;
      chars += charsOf(errand);
    }
    return this.waiting.splice(0, count);
  }

  /** One errand that cannot be done keeps no other from it. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    const { clock, log } = this.services;
    const doing = { clock, log, what: 'do what runs ask of others', isWanted: () => !this.isStopped };
    try {
      const outcomes = await untilAvailable(doing, () => this.perform(batch.map(({ errand }) => errand)));
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i] as ErrandOutcome);
    } catch (error) {
      const isOne = batch.length === 1 || (error instanceof MarathonError && error.retryable);
      if (isOne) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.settle([one]);
    }
  }

  private async perform(errands: readonly Errand[]): Promise<readonly ErrandOutcome[]> {
    const starts = await this.start(errands.filter((errand) => errand.kind === 'start-child'));
    const requests = await this.request(errands.filter((errand) => errand.kind === 'bring-request'));
    return errands.map((errand): ErrandOutcome => {
      if (errand.kind === 'nobody-there') return { kind: 'external-request-failed', requestSeq: errand.seq, reason: 'closed' };
      return (errand.kind === 'start-child' ? starts.get(errand) : requests.get(errand)) as ErrandOutcome;
    });
  }

  // Starts -------------------------------------------------------------------------------------------------------------------

  private async start(errands: readonly StartChild[]): Promise<ReadonlyMap<Errand, ErrandOutcome>> {
    const shards = await Promise.all(errands.map((errand) => this.placeOf(errand)));
    const placed = errands.flatMap((errand, i) => (shards[i] ? [{ errand, ...this.runStart(errand, shards[i]) }] : []));
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
    const answers = new Map(placed.map(({ errand }, i) => [errand, startAnswer(errand, outcomes[i] as StartOutcome)]));
    return new Map(errands.map((errand) => [errand, answers.get(errand) ?? 'later']));
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

  // Requests -----------------------------------------------------------------------------------------------------------------

  private async request(errands: readonly BringRequest[]): Promise<ReadonlyMap<Errand, ErrandOutcome>> {
    if (errands.length === 0) return new Map();
    const outcomes = await this.services.intake.request(errands.map(({ intake }) => intake));
    void this.nudgeOwners(outcomes);
    return new Map(errands.map((errand, i) => [errand, requestAnswer(errand, outcomes[i] as RequestOutcome)]));
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

function requestAnswer({ seq: requestSeq }: BringRequest, outcome: RequestOutcome): AnswerOfOthers {
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

function charsOf(errand: Errand): number {
  if (errand.kind === 'start-child') return errand.input?.length ?? 0;
  if (errand.kind === 'nobody-there' || errand.intake.request.kind !== 'signal') return 0;
  return errand.intake.request.payload?.length ?? 0;
}
