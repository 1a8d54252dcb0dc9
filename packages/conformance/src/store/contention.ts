import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HistoryEvent, PendingRequest, RequestOutcome, RunAdvance, RunId, RunStore, StoredRun } from '@marathon/core';
import {
  advance,
  completion,
  continuation,
  namespace,
  type OpenRun,
  runStart,
  type StoreFixture,
  signalReceived,
  source,
} from './fixture.js';

/** By run, the signals that it has, as [number, name]. */
export type SignalsByRun = Readonly<Record<RunId, readonly (readonly [n: number, name: string])[]>>;

export interface Contention {
  /** What was answered as accepted, by ascending number. */
  readonly accepted: SignalsByRun;
  /** What histories say, in their order. */
  readonly recorded: SignalsByRun;
  /** Requests that no commit has taken. */
  readonly left: readonly PendingRequest[];
}

/**
 * Two gateways signal the same workflows, `workflows` of each shard, in orders of their own, while two lanes of their owner record, continue and close the
 * runs, and start closed workflows again. In the end everything is recorded and closed.
 */
export async function contend(
  fixture: StoreFixture,
  { workflows, rounds }: { readonly workflows: number; readonly rounds: number },
): Promise<Contention> {
  const started = [await fixture.startRuns(workflows), await fixture.startRuns(workflows, { shardIndex: 1 })].flat();
  const chains = started.map((run) => new Chain(run));
  const ids = chains.map(({ workflowId }) => workflowId);
  let gateways = 2;
  const answers = [ids, ids.toReversed()].map(async (order, gateway) => {
    const intake = fixture.world.openRunIntake();
    const outcomes: RequestOutcome[] = [];
    // One round at least after some runs have ended: there would be no contention otherwise.
    for (let round = 0, isLast = false; !isLast; round++) {
      isLast = round >= rounds && chains.some(({ runIds }) => runIds.length > 1);
      const requests = order.map(
        (workflowId) => ({ namespace, workflowId, request: { kind: 'signal', name: `${gateway}/${round}` } }) as const,
      );
      outcomes.push(...(await intake.request(requests)));
      for (let turn = 0; turn <= (round + gateway) % 4; turn++) await nextTurn();
    }
    gateways -= 1;
    return outcomes;
  });
  const lanes = [0, 1].map(async (half) => {
    const lane = new Lane(
      fixture,
      fixture.world.openRunStore(),
      chains.filter((_, i) => i % 2 === half),
    );
    for (let round = 0; gateways > 0; round++) {
      await lane.step((i) => steps[(i + round) % steps.length]!);
      await lane.restartClosed();
      await nextTurn();
    }
    while (lane.isOpen) await lane.step(() => 'close');
  });
  const outcomes = (await Promise.all(answers)).flat();
  await Promise.all(lanes);
  const runIds = chains.flatMap((chain) => chain.runIds);
  return {
    accepted: acceptedSignals(outcomes),
    recorded: recordedSignals((await fixture.store.loadRuns(runIds)).runs),
    left: await fixture.requestsOf(...runIds),
  };
}

type Step = 'record' | 'continue' | 'close';
const steps: readonly Step[] = ['record', 'continue', 'record', 'close'];

class Lane {
  constructor(
    private readonly fixture: StoreFixture,
    private readonly store: RunStore,
    private readonly chains: readonly Chain[],
  ) {}

  get isOpen(): boolean {
    return this.chains.some(({ isClosed }) => !isClosed);
  }

  /** Records what waits, and ends the runs that `kindOf` names: refused when more was accepted meanwhile. */
  async step(kindOf: (i: number) => Step): Promise<void> {
    const open = this.chains.filter(({ isClosed }) => !isClosed);
    const { requests } = await this.store.readRequests(open.map(({ run }) => ({ runId: run.runId, taken: 0 })));
    const waiting = Map.groupBy(requests, ({ runId }) => runId);
    const decided = open.map((chain, i) => ({ chain, step: chain.next(kindOf(i), waiting.get(chain.run.runId) ?? []) }));
    const { advanced } = await this.store.commit({
      source,
      shards: this.fixture.shards,
      advances: decided.map(({ step }) => step),
      published: [],
    });
    for (const { chain, step } of decided) if (advanced.has(step.runId)) chain.follow(step);
  }

  async restartClosed(): Promise<void> {
    const closed = this.chains.filter(({ isClosed }) => isClosed);
    const starts = closed.map(({ run: { shard, workflowId } }) => runStart(shard, { workflowId }));
    await this.fixture.intake.start(source, starts);
    for (const [i, chain] of closed.entries()) chain.goOnAs(starts[i]!.runId);
  }
}

/** The runs of one workflow id, as its owner knows them. */
class Chain {
  readonly runIds: RunId[];
  isClosed = false;
  private seq = 1;
  private taken = 0;

  constructor(public run: OpenRun) {
    this.runIds = [run.runId];
  }

  get workflowId(): string {
    return this.run.workflowId;
  }

  next(kind: Step, waiting: readonly PendingRequest[]): RunAdvance {
    const events = waiting.map(
      ({ request }, i): HistoryEvent =>
        signalReceived(this.seq + 1 + i, request.n, request.kind === 'signal' ? { name: request.name } : {}),
    );
    const expectedSeq = this.seq;
    const taken = this.taken + events.length;
    if (kind === 'record') return advance(this.run, { expectedSeq, events, taken });
    const end = kind === 'close' ? completion : continuation;
    const ended = end(this.run, { expectedSeq: expectedSeq + events.length, taken });
    return { ...ended, expectedSeq, events: [...events, ...ended.events] };
  }

  follow(step: RunAdvance): void {
    this.seq += step.events.length;
    this.taken = step.taken;
    this.isClosed = step.status === 'Completed';
    if (step.successor) this.goOnAs(step.successor.runId);
  }

  goOnAs(runId: RunId): void {
    this.run = { ...this.run, runId };
    this.runIds.push(runId);
    this.seq = 1;
    this.taken = 0;
    this.isClosed = false;
  }
}

function acceptedSignals(outcomes: readonly RequestOutcome[]): SignalsByRun {
  const accepted = outcomes.flatMap((outcome) =>
    outcome.outcome === 'accepted' && outcome.request.kind === 'signal' ? [{ ...outcome, ...outcome.request }] : [],
  );
  return Object.fromEntries(
    [...Map.groupBy(accepted, ({ runId }) => runId)].map(([runId, signals]) => [
      runId,
      signals.map(({ n, name }) => [n, name] as const).toSorted(([a], [b]) => a - b),
    ]),
  );
}

function recordedSignals(runs: readonly StoredRun[]): SignalsByRun {
  const recorded = runs.map(({ runId, history }) => {
    const signals = history.flatMap((event) => (event.type === 'SignalReceived' ? [[event.data.n, event.data.name] as const] : []));
    return [runId, signals] as const;
  });
  return Object.fromEntries(recorded.filter(([, signals]) => signals.length > 0));
}
