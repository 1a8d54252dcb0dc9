import type { OwnedShard, RunId, ShardId } from '../../ids.js';
import type { Message, TaskMessage } from '../../messages/message.js';
import type { CorrectedWakeUp } from '../../ports/run-store.port.js';
import { Relay } from '../../relay/relay.js';
import type { Run } from '../../run/run.js';
import { nextWakeMs } from '../../run/wake.js';
import { type Counts, countDropped } from '../counts.js';
import type { Delivery } from '../delivery.js';
import { decline } from '../waiters/offered-updates.js';
import { Waiters } from '../waiters/waiters.js';
import { Alarm } from './alarm.js';
import { Batch, type InternalInput } from './batch.js';
import { byRun, runOf } from './claims.js';
import { Forwarder } from './forwarder.js';
import { inputTooLarge } from './input-too-large.js';
import { type Items, LaneInbox } from './lane-inbox.js';
import type { LaneBounds, LaneListener, LaneServices } from './lane-services.js';
import { Leases } from './leases.js';
import { Leftovers } from './leftovers.js';
import { answeredRequest, OutgoingRequestRunner } from './outgoing-request-runner.js';
import { RecentStarts } from './recent-starts.js';
import { isStillOffered, reclaim } from './reclaim.js';
import { ResidentRuns } from './resident-runs.js';
import { Round } from './round.js';
import { RowLag } from './row-lag.js';
import { RunLoader } from './run-loader.js';
import type { RunWork } from './run-work.js';
import { Setbacks } from './setbacks.js';
import { StepRunner } from './step-runner.js';
import { WakeUps } from './wake-ups.js';

// A lane drives the runs of a group of shards: it takes a batch of what has arrived, feeds each run, commits once, publishes.
//   N1  While a commit is under way the next batch fills; a lane has one batch at a time, so a run is in one batch only.
//   N2  Nothing is told to anybody (task, reply, event, acknowledgement) before the commit that decided it is durable.
//   N3  What is in memory and was not committed is worth nothing: after a refusal or an unknown outcome the run is dropped, read
//       again, and fed the same inputs once more; what had been recorded is dropped as old.
//   N4  A shard that is lost takes its runs along: nothing is written, told or acknowledged for it any more.
//   N5  A run that cannot be worked on (its history was written by a newer build, say) holds up no other.

/** How long a deadline waits for the stream to be read up to it, before it is looked at again. */
const catchUpCheckMs = 100;
const wakeUpsPerBatchMax = 500;

export class Lane {
  private readonly owned = new Map<ShardId, OwnedShard>();
  private readonly inbox = new LaneInbox();
  private readonly leftovers = new Leftovers();
  private readonly runs: ResidentRuns;
  private readonly waiters = new Waiters();
  private readonly wakeUps = new WakeUps();
  private readonly lag = new RowLag();
  private readonly leases: Leases;
  private readonly starts = new RecentStarts();
  private readonly steps: StepRunner;
  private readonly outgoingRequests: OutgoingRequestRunner;
  private readonly relay: Relay;
  private readonly round: Round;
  private readonly forwarder: Forwarder;
  private readonly setbacks: Setbacks;
  private readonly alarm: Alarm;
  private readonly corrections = new Map<RunId, CorrectedWakeUp>();
  private isScheduled = false;
  private isStopped = false;
  private working: Promise<void> = Promise.resolve();
  private onWorked: (() => void)[] = [];
  private readonly soon = globalThis.setImmediate;

  constructor(
    /** Names this lane's outbox entries. */
    readonly source: string,
    private readonly services: LaneServices,
    private readonly listener: LaneListener,
    bounds: LaneBounds,
    private readonly counts: Counts,
  ) {
    const { publisher, outbox, clock, log, definitions, turns, historyEventsMax, payloads } = services;
    this.runs = new ResidentRuns({ runs: bounds.residentRuns, bytes: bounds.residentBytes });
    this.leases = new Leases(this.runs);
    this.steps = new StepRunner(clock, (runId, shard, input) => this.addInternals([{ runId, shard, input }]));
    this.outgoingRequests = new OutgoingRequestRunner(services.outgoingRequests, this, clock, log);
    this.relay = new Relay(publisher, outbox, (message) => this.onTooLarge(message), clock, log);
    this.setbacks = new Setbacks({ inbox: this.inbox, runs: this.runs, wakeUps: this.wakeUps, clock, log }, () => this.schedule());
    this.alarm = new Alarm(clock, () => this.schedule());
    const loader = new RunLoader(definitions, turns, (runId) => this.onViolation(runId), log, historyEventsMax, payloads);
    this.forwarder = new Forwarder(services, counts);
    this.round = new Round(source, services, this.runs, loader, this.waiters, this.lag, this.leases, this.relay, {
      ownedShard: (id) => this.owned.get(id),
      onShardLost: (shard) => this.loseToAnother(shard),
      onConflict: (work) => {
        this.runs.drop(work.runId);
        this.leftovers.add(work);
      },
      onPutOff: (work) => this.leftovers.add(work),
      onRequestsLeft: ({ runId, shard }) => this.addInternals([{ runId, shard: shard.id, input: { kind: 'read-requests' } }]),
      onLimitsChanged: (names) => listener.onLimitsChanged(names),
      onRequestsPourIn: (work) => this.leftovers.add(work),
      onSpoiled: ({ runId, shard }) => {
        this.runs.drop(runId);
        this.addInternals([{ runId, shard: shard.id, input: { kind: 'read-requests' } }]);
      },
    });
  }

  /** What is known of them from before is out of date: others may have had them, and nobody needs to have told us. */
  gain(shards: readonly OwnedShard[]): void {
    for (const shard of shards) {
      this.lose(shard.id);
      this.owned.set(shard.id, shard);
    }
  }

  /** After this nothing of the shard is worked on; a commit under way is refused by the epoch (N4). */
  lose(shard: ShardId): void {
    this.owned.delete(shard);
    this.inbox.dropShard(shard);
    this.runs.dropShard(shard);
    this.steps.forgetShard(shard);
    this.outgoingRequests.forgetShard(shard);
    this.wakeUps.forgetShard(shard);
    this.lag.forgetShard(shard);
    this.leases.forgetShard(shard);
    this.waiters.forgetShard(shard);
    for (const [runId, correction] of this.corrections) if (correction.shard === shard) this.corrections.delete(runId);
  }

  get shards(): readonly OwnedShard[] {
    return [...this.owned.values()];
  }

  /** @returns false when the lane wants no more for now; the listener's `onRoom` says when it does. */
  accept(delivery: Delivery): boolean {
    if (!this.owned.has(delivery.shard)) return true;
    for (const one of byRun(delivery)) this.inbox.add(one);
    this.schedule();
    return !this.inbox.isFull;
  }

  addInternals(inputs: readonly InternalInput[]): void {
    for (const input of inputs) if (this.owned.has(input.shard)) this.inbox.addInternal(input);
    this.schedule();
  }

  wake(runId: RunId, shard: ShardId, atMs: number): void {
    if (!this.owned.has(shard)) return;
    this.wakeUps.setNoLater(runId, shard, atMs);
    this.setAlarm();
  }

  /** The run, when it is in memory. */
  resident(runId: RunId): Run | undefined {
    return this.runs.get(runId);
  }

  /** Offers attempts once more. */
  resend(tasks: readonly TaskMessage[]): void {
    this.relay.send(undefined, tasks);
  }

  /** Bounds of idle runs that have passed, with what counts now. */
  takeCorrections(): readonly CorrectedWakeUp[] {
    const taken = [...this.corrections.values()];
    this.corrections.clear();
    return taken;
  }

  /** Resolves when nothing waits any more, or the lane has stopped. */
  async settled(): Promise<void> {
    while (!this.isQuiet) await this.worked();
  }

  /** Resolves when all internal inputs that have arrived so far are worked on, or the lane has stopped. */
  worked(): Promise<void> {
    return this.isQuiet ? Promise.resolve() : new Promise((resolve) => this.onWorked.push(resolve));
  }

  /** Ends after the batch under way. What was not begun is left to the next owner. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.alarm.cancel();
    await this.working;
    this.tellWorked();
    for (const shard of this.owned.keys()) this.steps.forgetShard(shard);
    await this.relay.stop();
    for (const run of [...this.runs]) this.runs.drop(run.runId);
  }

  /** True while the stream takes what this lane publishes. */
  get mayPublishMore(): boolean {
    return this.relay.hasRoom;
  }

  get residentRuns(): number {
    return this.runs.size;
  }

  get stepsUnderWay(): number {
    return this.steps.underWay;
  }

  // The loop -----------------------------------------------------------------------------------------------------------------

  private schedule(): void {
    if (this.isScheduled || this.setbacks.isPaused || this.isStopped) return;
    this.isScheduled = true;
    this.soon(() => {
      this.working = this.work();
    });
  }

  private async work(): Promise<void> {
    const items = this.setbacks.isSearching ? this.inbox.takeOne() : this.inbox.take();
    const told = this.onWorked.length;
    const batch = this.batchOf(items);
    this.setbacks.searched();
    try {
      await this.process(batch);
      this.setbacks.over();
      const left = this.leftovers.take();
      if (left) this.inbox.putBack(left);
      if (!left?.recovers) this.tellWorked(told);
    } catch (error) {
      this.leftovers.drop();
      this.setbacks.giveUp(batch.works, items, error);
    }
    this.isScheduled = false;
    this.setAlarm();
    if (!this.inbox.isEmpty) this.schedule();
    if (this.isQuiet) this.tellWorked();
    if (this.inbox.hasRoom) this.listener.onRoom();
  }

  private get isQuiet(): boolean {
    return this.isStopped || (!this.isScheduled && this.inbox.isEmpty);
  }

  private tellWorked(count = this.onWorked.length): void {
    for (const resolve of this.onWorked.splice(0, count)) resolve();
  }

  private async process({ works }: Batch): Promise<void> {
    const heartbeats = this.leases.takeHeartbeats();
    if (heartbeats.length > 0) await this.services.store.saveHeartbeats(this.shards, heartbeats);
    if (works.length === 0) return;
    await this.round.bringIn(works);
    if (this.services.losesMessages) for (const work of works) reclaim(work);
    const forwarding = this.forwarder.forward(works);
    forwarding.catch(() => {});
    await this.round.feed(works);
    await this.round.commit(works);
    await forwarding;
    for (const work of works) this.finish(work);
    this.runs.evict((run) => {
      this.leases.park(run);
      this.listener.onEvicted(run);
    });
    this.endDoubt();
  }

  /** The database answers again: what a commit had left in the outbox, whose answer was lost, can be found. */
  private endDoubt(): void {
    if (this.setbacks.endDoubt()) this.listener.onOutcomeUnknown(this.source);
  }

  private batchOf({ deliveries, internals }: Items): Batch {
    const batch = new Batch();
    for (const internal of internals) {
      const shard = this.owned.get(internal.shard);
      if (shard) batch.addInternal(internal, shard);
    }
    for (const delivery of deliveries) this.addDelivery(batch, delivery);
    this.addDue(batch, !this.setbacks.isSearching ? wakeUpsPerBatchMax : batch.isEmpty ? 1 : 0);
    return batch;
  }

  private addDue(batch: Batch, limit: number): void {
    const now = this.services.clock.now();
    for (const { runId, shard } of this.wakeUps.takeDue(now, limit)) {
      const owned = this.owned.get(shard);
      if (owned) batch.of(runId, owned).isWoken = true;
    }
    if (this.setbacks.isSearching) return;
    for (const { runId, shard } of this.lag.takeDue(now)) {
      const owned = this.owned.get(shard);
      if (owned) batch.of(runId, owned).isRowDue = true;
    }
  }

  private addDelivery(batch: Batch, delivery: Delivery): void {
    const { message } = delivery;
    const shard = this.owned.get(delivery.shard);
    if (!shard) return;
    if (message.kind === 'leases-renewed') {
      const strangers = this.leases.renew(message, shard.id, this.services.clock.now());
      void this.forwarder.forwardLeases(message, strangers, (id) => this.owned.has(id));
      return delivery.done();
    }
    const runId = runOf(message);
    if (message.kind === 'update-offered' && !this.runs.get(runId)) {
      decline([message], this.waiters.updates, this.relay);
      return delivery.done();
    }
    this.waiters.add(message, shard.id);
    const work = batch.addDelivery(delivery, runId, this.runs.get(runId)?.shard ?? shard);
    // A start that may have come before is read: its run may have more than its first event.
    const isOld = message.kind === 'run-started' && (delivery.redelivered || !this.starts.note(message.runId));
    if (message.kind !== 'result-awaited' && !isOld) work.add(message);
  }

  /** A shard that went and came back is another one: what was begun before is not ours any more. */
  private owns({ id, epoch }: OwnedShard): boolean {
    return this.owned.get(id)?.epoch === epoch;
  }

  private loseToAnother(shard: OwnedShard): void {
    if (!this.owns(shard)) return;
    this.lose(shard.id);
    this.listener.onShardLost(shard);
  }

  // After the commit ---------------------------------------------------------------------------------------------------------

  private finish(work: RunWork): void {
    const { run, closing, runId, shard } = work;
    if (!this.owns(shard)) return;
    for (const input of work.internals) {
      if (input.kind === 'step-finished' && !run?.mayWantStep(input.step)) this.steps.settled(runId, input.step, input.attempt);
      const answered = answeredRequest(input);
      if (answered !== undefined) this.outgoingRequests.settled(runId, answered);
    }
    const answers = this.waiters.answers(work);
    if (answers.length > 0) this.relay.send(undefined, answers);
    if (run) this.listener.onAdvanced(run);
    if (run?.state.isOpen) this.carryOn(work, run);
    else if (run || closing || work.isUnknown || work.foreignShard !== undefined) this.forget(runId, shard);
    countDropped(work, this.counts);
    for (const delivery of work.deliveries) delivery.done();
  }

  /** The run has closed, or is gone altogether. */
  private forget(runId: RunId, shard: OwnedShard): void {
    this.waiters.forget(runId);
    this.runs.drop(runId);
    this.steps.forget(runId);
    this.outgoingRequests.forget(runId);
    this.wakeUps.set(runId, shard.id, undefined);
    this.lag.caughtUp(runId);
    this.leases.forget(runId);
    this.corrections.delete(runId);
  }

  private carryOn(work: RunWork, run: Run): void {
    const now = this.services.clock.now();
    const { runId, shard } = run;
    this.relay.send(
      undefined,
      work.reclaimed.filter((task) => isStillOffered(task, run)),
    );
    const nextMs = nextWakeMs(run.state);
    // What is due and was not taken now is an attempt's deadline that the stream has not been read up to.
    const wakesAtMs = nextMs !== undefined && nextMs <= now && work.isWoken ? now + catchUpCheckMs : nextMs;
    if (run.isProven) this.wakeUps.set(runId, shard.id, wakesAtMs);
    else if (wakesAtMs !== undefined) this.wakeUps.setNoLater(runId, shard.id, wakesAtMs);
    if (work.isWoken) {
      const lastMapRecord = run.state.maps?.committed ?? 0;
      this.corrections.set(runId, { runId, shard: shard.id, lastSeq: run.committed.seq, lastMapRecord, atMs: nextMs });
    }
    this.steps.release(run);
    this.beginSteps(run, now);
    if (run.state.asked.hasOutgoing) this.outgoingRequests.begin(run);
  }

  private beginSteps(run: Run, now: number): void {
    if (!run.hasSteps) return;
    if (this.services.sessionIsFresh()) this.steps.begin(run);
    else this.wakeUps.setNoLater(run.runId, run.shard.id, now + catchUpCheckMs);
  }

  private onViolation(runId: RunId): void {
    const run = this.runs.get(runId);
    const suspension = run?.execution?.suspension;
    if (!suspension) return;
    this.addInternals([{ runId, shard: run.shard.id, input: { kind: 'suspend', suspension } }]);
  }

  /** An input that no message can carry fails its own activity. */
  private onTooLarge(message: Message): void {
    const input = inputTooLarge(message, this.shards);
    if (input) this.addInternals([input]);
  }

  private setAlarm(): void {
    if (!this.isStopped)
      this.alarm.set(Math.min(this.wakeUps.nextAtMs ?? Number.POSITIVE_INFINITY, this.lag.nextAtMs ?? Number.POSITIVE_INFINITY));
  }
}
