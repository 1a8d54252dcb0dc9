import type { OwnedShard, RunId, ShardId } from '../../ids.js';
import type { TaskMessage } from '../../messages/message.js';
import { taskOf } from '../../messages/messages-of.js';
import { Periodic } from '../../periodic.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import type { RunReader } from '../../ports/run-reader.port.js';
import { type AuditedRun, type RunStore, wakeCause } from '../../ports/run-store.port.js';
import { RunState } from '../../run/run-state.js';
import type { Counts } from '../counts.js';
import { type AbsentChild, closingsOf, openChildren } from '../lane/child-closings.js';
import type { Lane } from '../lane/lane.js';
import { Resends } from './resends.js';

// The auditor looks for open runs that nothing will move any more, whatever was lost.
//   D1  It goes over the open runs of its shards in passes, a page a tick, and rests in between. Runs that only sleep, or wait for a
//       signal or another build, are passed over: wake-ups and requests are read by the upkeep.
//   D2  An attempt that no worker has announced for a while is offered again, marked as redelivered: the first time after
//       `resendAfterMs`, then each time after twice as long. Nothing is offered before what may lie unread in the stream is read.
//   D3  A run whose start, step or outgoing request nobody is at is woken. The ends of children are read, in case no message told of them.
//   D4  A run that waits for nothing is woken, too: what it waits for is found out by replay, and written down. One that still waits
//       for nothing in the next pass is reported.

export interface AuditorServices {
  readonly store: Pick<RunStore, 'readRunsToAudit' | 'loadRuns'>;
  readonly reader: Pick<RunReader, 'readClosings'>;
  readonly clock: Clock;
  readonly log: Log;
  /** See `StreamConsumer.caughtUpTo`. */
  caughtUpTo(shard: OwnedShard): number;
  /** True when what runs wait for is sent again each time their shard is gained. */
  readonly losesMessages: boolean;
}

const tickMs = 1_000;
const restMsMin = 1_000;
const runsPerTick = 200;
const historiesPerRead = 50;
const standing = wakeCause.start | wakeCause.step | wakeCause.outgoingRequest;
/** What may have been lost with a message. */
const awaited = wakeCause.activity | wakeCause.child;
const causes = standing | awaited;

interface Located extends AuditedRun {
  readonly lane: Lane;
  readonly owned: OwnedShard;
}

export class Auditor extends Periodic {
  private readonly resends: Resends;
  private readonly gainedAtMs = new Map<ShardId, number>();
  /** Runs that waited for nothing: when the last pass went by, and in this one so far. */
  private idleBefore: ReadonlySet<RunId> = new Set();
  private idle = new Set<RunId>();
  /** Children whose ends are to be read. */
  private readonly absent: { readonly located: Located; readonly child: AbsentChild }[] = [];
  private after: RunId | undefined;

  constructor(
    private readonly lanes: readonly Lane[],
    private readonly services: AuditorServices,
    private readonly counts: Counts,
    private readonly resendAfterMs: number,
  ) {
    const failure = 'open runs could not be looked at; they will be again';
    const restMs = (hasFailed: boolean) => (hasFailed || this.after === undefined ? this.restMs : tickMs);
    super({ failure, restMs, perform: () => this.tick() }, services.clock, services.log);
    this.resends = new Resends(resendAfterMs);
  }

  /** What their runs wait for is sent now, where messages die with the process. */
  gained(shards: readonly OwnedShard[]): void {
    if (!this.services.losesMessages) return;
    for (const { id } of shards) this.gainedAtMs.set(id, this.services.clock.now());
  }

  private get restMs(): number {
    return Math.max(restMsMin, this.resendAfterMs / 4);
  }

  private async tick(): Promise<void> {
    const { store, clock } = this.services;
    const shards = this.lanes.flatMap((lane) => lane.shards);
    if (shards.length === 0) return this.endPass();
    const ids = shards.map(({ id }) => id);
    const startedBeforeMs = clock.now() - this.resendAfterMs / 2;
    const { runs, after } = await store.readRunsToAudit({
      shards: ids,
      causes,
      startedBeforeMs,
      afterRunId: this.after,
      limit: runsPerTick,
    });
    await this.look(runs.flatMap((run) => this.locate(run)));
    this.after = after;
    if (after === undefined) this.endPass();
  }

  private endPass(): void {
    this.after = undefined;
    this.resends.endPass();
    this.idleBefore = this.idle;
    this.idle = new Set();
  }

  /** Nothing when the shard has gone meanwhile. */
  private locate(run: AuditedRun): readonly Located[] {
    for (const lane of this.lanes) {
      const owned = lane.shards.find(({ id }) => id === run.shard);
      if (owned) return [{ ...run, lane, owned }];
    }
    return [];
  }

  private async look(runs: readonly Located[]): Promise<void> {
    for (const run of runs) {
      if (run.wakeCauses === 0) this.lookAtIdle(run);
      else if ((run.wakeCauses & standing) !== 0) this.lookAtCode(run);
    }
    const waiting = runs.filter(({ wakeCauses, lane }) => (wakeCauses & awaited) !== 0 && lane.mayPublishMore);
    const unread = waiting.filter((run) => !this.lookAtResident(run));
    for (let i = 0; i < unread.length; i += historiesPerRead) await this.lookAtStored(unread.slice(i, i + historiesPerRead));
    await this.lookAtChildren();
  }

  private lookAtIdle({ runId, lane, owned }: Located): void {
    this.idle.add(runId);
    if (this.idleBefore.has(runId)) {
      this.counts.add('stuckRun');
      this.services.log.error('an open run waits for nothing: no history can move it', { runId, shard: owned.partition });
    }
    this.wake(runId, lane, owned);
  }

  private lookAtCode({ runId, lane, owned }: Located): void {
    const run = lane.resident(runId);
    if (!run || run.execution?.hasStarted === false) this.wake(runId, lane, owned);
  }

  private wake(runId: RunId, lane: Lane, { id }: OwnedShard): void {
    this.counts.add('wokenRun');
    lane.wake(runId, id, this.services.clock.now());
  }

  /** @returns false when the run is not in memory. */
  private lookAtResident(located: Located): boolean {
    const run = located.lane.resident(located.runId);
    // What is not committed yet is offered by its commit.
    if (run && !run.hasNews) this.lookAtState(located, run.state);
    return run !== undefined;
  }

  private async lookAtStored(located: readonly Located[]): Promise<void> {
    const byId = new Map(located.map((run) => [run.runId, run]));
    for (let ids: readonly RunId[] = [...byId.keys()]; ids.length > 0; ) {
      const { runs, left } = await this.services.store.loadRuns(ids);
      for (const { runId, history, maps } of runs) this.lookAtState(byId.get(runId) as Located, RunState.of(history, maps));
      ids = left;
    }
  }

  private lookAtState(located: Located, state: RunState): void {
    this.offerAgain(located, state);
    const startedBeforeMs = this.services.clock.now() - this.resendAfterMs / 2;
    this.absent.push(...openChildren(located.runId, state, startedBeforeMs).map((child) => ({ located, child })));
  }

  /** Their parents are told of children that have closed; whoever had been told before drops it. */
  private async lookAtChildren(): Promise<void> {
    const absent = this.absent.splice(0);
    if (absent.length === 0) return;
    const locatedOf = new Map(absent.map(({ located }) => [located.runId, located]));
    const closings = await closingsOf(
      this.services.reader,
      absent.map(({ child }) => child),
    );
    for (const { parent, closed } of closings) {
      const { lane, shard } = locatedOf.get(parent) as Located;
      this.counts.add('missedChild');
      lane.addInternals([{ runId: parent, shard, input: closed }]);
    }
  }

  private offerAgain({ runId, lane, owned }: Located, state: RunState): void {
    const untilMs = Math.min(this.services.clock.now(), this.services.caughtUpTo(owned));
    const tasks: TaskMessage[] = [];
    for (const activity of state.isOpen ? state.activities.values() : []) {
      if (!activity.isOffered || activity.startedAtMs !== undefined) continue;
      const offeredAtMs = Math.max(activity.availableAtMs, this.gainedAtMs.get(owned.id) ?? 0);
      if (!this.resends.isDue({ runId, activitySeq: activity.seq, attempt: activity.attempt }, offeredAtMs, untilMs)) continue;
      tasks.push(taskOf({ runId, address: owned, state, redelivered: true }, activity));
    }
    if (tasks.length === 0) return;
    this.counts.add('resentTask', tasks.length);
    lane.resend(tasks);
  }
}
