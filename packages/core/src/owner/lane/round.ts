import type { OwnedShard, ShardId } from '../../ids.js';
import type { Relay } from '../../relay/relay.js';
import type { Run } from '../../run/run.js';
import type { RunInput } from '../../run/run-input.js';
import { closedStatusOf } from '../../run/run-state.js';
import { dueInputs } from '../../run/wake.js';
import { acceptOffered, decline } from '../waiters/offered-updates.js';
import { Queries } from '../waiters/queries.js';
import type { Waiters } from '../waiters/waiters.js';
import { BatchCommit, type BatchCommitListener } from './batch-commit.js';
import { closingsOf, openChildren } from './child-closings.js';
import { answersTo } from './claims.js';
import { feed } from './feed.js';
import type { LaneServices } from './lane-services.js';
import { LargeBudget, leaveLargeRequests } from './large-budget.js';
import { bringTexts, largeInputs } from './large-inputs.js';
import type { Leases } from './leases.js';
import type { ResidentRuns } from './resident-runs.js';
import type { RowLag } from './row-lag.js';
import type { RunLoader } from './run-loader.js';
import type { RunWork } from './run-work.js';

/** What a lane is told of its batches, and asked for them. */
export interface RoundListener extends BatchCommitListener {
  /** The shard, when the lane owns it. */
  ownedShard(id: ShardId): OwnedShard | undefined;
  /** A query has touched the run's code: it has to be brought back. */
  onSpoiled(run: Run): void;
  /** The next batch goes on with it: its history, or its large payloads, have no room in this one. */
  onPutOff(work: RunWork): void;
  /** The next batch goes on with its requests: there is no room for more of them in this one. */
  onRequestsLeft(work: RunWork): void;
  /** Requests came in faster than the run could close: the next batch goes on with it, so that others need not wait for it. */
  onRequestsPourIn(work: RunWork): void;
}

/** How often a batch tries to close a run for which requests are accepted meanwhile. */
const closingAttemptsMax = 4;

/** A batch on its way: runs are brought in, fed, committed, and what was decided is published. */
export class Round {
  private readonly queries: Queries;
  private readonly batchCommit: BatchCommit;

  constructor(
    source: string,
    private readonly services: LaneServices,
    private readonly runs: ResidentRuns,
    private readonly loader: RunLoader,
    private readonly waiters: Waiters,
    lag: RowLag,
    private readonly leases: Leases,
    private readonly relay: Relay,
    private readonly listener: RoundListener,
  ) {
    this.queries = new Queries(services, loader, (run) => listener.onSpoiled(run));
    this.batchCommit = new BatchCommit(source, services, runs, waiters.results, lag, relay, listener);
  }

  async bringIn(works: readonly RunWork[]): Promise<void> {
    const putOff = new Set<RunWork>();
    const budget = this.services.payloads && new LargeBudget(works[0], putOff);
    const missing: RunWork[] = [];
    for (const work of works) {
      work.run = this.runs.get(work.runId);
      if (work.run && (work.run.execution || work.revival === 'never')) continue;
      if (!work.run && work.startedAfresh) work.run = this.loader.fresh(work.runId, work.shard, work.startedAfresh);
      else missing.push(work);
    }
    if (missing.length > 0) await this.load(missing, putOff, budget);
    for (const work of works) if (work.offered) decline(acceptOffered(work), this.waiters.updates, this.relay);
    await this.readMissingRequests(works);
    await this.readChildren(works);
    const toBeResumed = works.filter(({ run, revival }) => run && !run.mayResume && revival === 'always');
    if (toBeResumed.length > 0) await this.load(toBeResumed, putOff, budget);
    if (budget) this.leaveLarge(works, budget);
    for (const { run } of works) if (run) this.runs.use(run);
    if (putOff.size > 0) for (const work of works) if (putOff.has(work)) this.listener.onPutOff(work);
  }

  async feed(works: readonly RunWork[]): Promise<void> {
    const now = this.services.clock.now();
    const inputs = works.flatMap((work) => (work.run ? this.inputsOf(work, work.run, now) : []));
    const large = this.services.payloads && largeInputs(inputs);
    if (!this.services.payloads || !large) return feed(this.services.turns, inputs, now);
    await bringTexts(this.services.payloads, large);
    await feed(this.services.turns, inputs, now);
    for (const run of large.keys()) {
      run.outOfLine?.forgetTexts();
      this.runs.measure(run);
    }
  }

  /** Commits until every run has advanced, or was refused for good; then claims and queries are answered. */
  async commit(works: readonly RunWork[]): Promise<void> {
    for (const work of works) if (this.mayBeOutOfDate(work)) this.listener.onConflict(work);
    let open: readonly RunWork[] = works;
    for (let attempt = 1; open.length > 0; attempt++) {
      await this.takeWhatIsLeft(open);
      open = await this.batchCommit.commit(open);
      if (attempt < closingAttemptsMax) await this.takeRequests(open);
      else break;
    }
    if (works.some(({ leavesRequests }) => leavesRequests)) this.goOnWithRequests(works);
    for (const work of open) this.listener.onRequestsPourIn(work);
    if (works.some(({ neverSent }) => neverSent)) await this.proveNeverSent(works);
    if (works.some(({ queries }) => queries)) this.relay.send(undefined, await this.queries.answers(works));
    if (works.some(({ claims }) => claims.length > 0)) this.relay.send(undefined, await answersTo(works, this.services.store));
  }

  /**
   * A run that was begun from its first event alone may have more than that one. What it was brought and did not take must not
   * count as finished before the event log was asked. Nor may a request whose predecessors are gone: somebody took them. Nor is an
   * update known never to have been sent.
   */
  private mayBeOutOfDate({ run, inputs, requests, isWoken, isLoaded, neverSent }: RunWork): boolean {
    if (!run || isLoaded) return false;
    if (requests.some(({ n }) => n > run.state.taken)) return true;
    const wasBrought = inputs.length > 0 || requests.length > 0 || isWoken || neverSent !== undefined;
    return !run.isProven && wasBrought && !run.hasNews;
  }

  /** Another owner may have taken what is not there any more: the epochs are proven after the rows were read. */
  private async proveNeverSent(works: readonly RunWork[]): Promise<void> {
    const asked = works.filter(({ neverSent }) => neverSent);
    const owned = await this.services.store.ownedShards([...new Map(asked.map(({ shard }) => [shard.id, shard])).values()]);
    for (const work of asked) if (!owned.has(work.shard.id)) work.neverSent = undefined;
  }

  /** As many as there is room for at a time: the others come with the next batch. */
  private async load(works: readonly RunWork[], putOff: Set<RunWork>, budget: LargeBudget | undefined): Promise<void> {
    const { store, clock } = this.services;
    const byId = new Map(works.map((work) => [work.runId, work]));
    for (const work of works) work.isUnknown = true;
    const { runs, left } = await store.loadRuns([...byId.keys()]);
    for (const runId of left) {
      const work = byId.get(runId);
      if (!work) continue;
      work.isUnknown = false;
      work.run = undefined;
      // What was read of the rows is brought by nobody else.
      if (work.requests.length > 0 || work.leavesRequests) work.readsRequests = true;
      putOff.add(work);
    }
    for (const stored of runs) {
      const work = byId.get(stored.runId);
      if (!work) continue;
      work.isUnknown = false;
      const shard = stored.shard === work.shard.id ? work.shard : this.listener.ownedShard(stored.shard);
      if (!shard) work.foreignShard = stored.shard;
      if (!shard) continue;
      work.shard = shard;
      this.runs.drop(stored.runId);
      const last = stored.history.at(-1);
      const isClosed = last && closedStatusOf(last.type);
      work.closing = isClosed ? last : undefined;
      if (!isClosed && budget?.admitsReplay(work, stored) === false) continue;
      if (isClosed && (work.queries || work.awaitedUpdates)) work.closed = stored;
      work.run = isClosed ? undefined : await this.loader.load(stored, work.shard, clock.now(), work.revival);
      work.isLoaded = true;
      if (work.run) this.leases.restore(work.run);
    }
  }

  private leaveLarge(works: readonly RunWork[], budget: LargeBudget): void {
    for (const work of works) {
      if (!work.run) continue;
      leaveLargeRequests(work);
      budget.admitsInputs(work);
    }
  }

  /** Also where somebody asks for an update that is not there: its request was durable before he asked. */
  private async readMissingRequests(works: readonly RunWork[]): Promise<void> {
    const gaps = works.filter((work) => work.run && (!work.orderRequests(work.run.state.taken) || work.unseenUpdates.length > 0));
    if (gaps.length === 0) return;
    const taken = gaps.map(({ runId, run }) => ({ runId, taken: run?.state.taken ?? 0 }));
    const { requests, left } = await this.services.store.readRequests(taken);
    const byRun = Map.groupBy(requests, ({ runId }) => runId);
    for (const work of gaps) {
      const rows = byRun.get(work.runId) ?? [];
      work.addRows(
        rows.map(({ request }) => request),
        left.has(work.runId),
      );
    }
  }

  /** Ends of children that no message could carry, or whose message died with the stream. */
  private async readChildren(works: readonly RunWork[]): Promise<void> {
    const { losesMessages, reader } = this.services;
    const asked = works.flatMap(({ run, runId, isRecovered, closedChildren }) => {
      if (!run) return [];
      return isRecovered && losesMessages ? [...closedChildren, ...openChildren(runId, run.state)] : closedChildren;
    });
    if (asked.length === 0) return;
    const byRun = Map.groupBy(await closingsOf(reader, asked), ({ parent }) => parent);
    for (const work of works) for (const { closed } of byRun.get(work.runId) ?? []) work.inputs.push(closed);
  }

  private inputsOf(work: RunWork, run: Run, now: number): readonly { run: Run; input: RunInput }[] {
    const inputs: RunInput[] = [];
    // Found guilty before it was resident: the rest of the batch was loaded meanwhile.
    if (run.execution?.suspension) inputs.push({ kind: 'suspend', suspension: run.execution.suspension });
    if (run.execution && !run.execution.hasStarted) inputs.push({ kind: 'start' });
    for (const request of work.requests) inputs.push({ kind: 'request', request });
    inputs.push(...work.inputs);
    if (work.isRecovered && run.mayBeTakenUp) inputs.push({ kind: 'take-up' });
    if (work.isWoken) inputs.push(...dueInputs(run.state, now, this.services.caughtUpTo(run.shard)));
    return inputs.map((input) => ({ run, input }));
  }

  /** A run that closes has to take all requests: what there was no room for is read on, a part at a time. */
  private async takeWhatIsLeft(works: readonly RunWork[]): Promise<void> {
    let closing = works.filter(({ run, leavesRequests }) => leavesRequests && run?.isEnding);
    while (closing.length > 0) {
      const before = closing.map(({ run }) => run?.state.taken);
      await this.takeRequests(closing);
      // Where somebody else has taken them, the commit will tell.
      const advances = closing.some(({ run }, i) => run?.state.taken !== before[i]);
      closing = advances ? closing.filter(({ leavesRequests }) => leavesRequests) : [];
    }
  }

  /** Those that got least come first. */
  private goOnWithRequests(works: readonly RunWork[]): void {
    const left = works.filter(({ run, leavesRequests }) => run && leavesRequests);
    for (const work of left.toSorted((a, b) => a.requests.length - b.requests.length)) this.listener.onRequestsLeft(work);
  }

  private async takeRequests(works: readonly RunWork[]): Promise<void> {
    if (works.length === 0) return;
    for (const work of works) work.onlyRequests();
    await this.readMissingRequests(works);
    if (this.services.payloads) for (const work of works) leaveLargeRequests(work);
    await this.feed(works);
  }
}
