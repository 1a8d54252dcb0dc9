import { Execution } from '../../execution/execution.js';
import { replay } from '../../execution/replay.js';
import type { TurnLoop } from '../../execution/turn-loop.js';
import type { Suspension, TypedEvent } from '../../history/event.js';
import type { RunId, ShardId } from '../../ids.js';
import { Periodic } from '../../periodic.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import type { PayloadStore } from '../../ports/payload-store.port.js';
import type { AuditedRun, RunStore, StoredRun } from '../../ports/run-store.port.js';
import type { Run } from '../../run/run.js';
import { RunState } from '../../run/run-state.js';
import { isClosed } from '../../run/status.js';
import type { Definitions } from '../definitions.js';
import { PromiseSearch } from './promise-search.js';

// Code that does not depend on its history alone is found out when its run is replayed: after a crash, when it is too late. So a
// sample of live runs is replayed while all is well.
//   A1  One run an interval at most, of those that advanced, closed or were evicted in it: an idle process does nothing.
//   A2  A shadow of the run is fed, never the run itself; steps in place are not performed.
//   A3  Histories above the bounds are passed over: a replay holds the process for as long as all its turns take.
//   A4  What code awaits that is not durable may settle when the code is not in memory, and nobody would know. So the shadow of such a
//       run stays for an interval: when its code goes on by itself, the run is suspended, if it is still where its shadow was.
//   A5  Beside them, one run an interval of those whose code is known to await such a thing, once each time that shards are gained, or
//       one of them is evicted: nothing might ever happen to it.

const intervalMs = 1_000;
const auditedEventsMax = 2_000;
const auditedCharsMax = 4 * 1024 * 1024;
const isWithinBounds = ({ lastSeq, payloadChars, outOfLineBytes }: RunState): boolean =>
  lastSeq <= auditedEventsMax && payloadChars + outOfLineBytes <= auditedCharsMax;

/** What the database cannot answer now, it need not be asked every second. */
const intervalsAfterFailure = 10;

export interface ReplayAuditServices {
  readonly store: Pick<RunStore, 'loadRuns' | 'readRunsToAudit'>;
  readonly definitions: Definitions;
  readonly turns: TurnLoop;
  readonly payloads?: PayloadStore | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whose runs are replayed. */
export interface AuditedOwner {
  readonly shards: readonly ShardId[];
  /** Whether the run is in memory: what its code awaits settles there, too. */
  isResident(runId: RunId, shard: ShardId): boolean;
  /** An open run is to be suspended; with `atSeq`, only while no event has come behind that one. */
  onGuilty(runId: RunId, shard: ShardId, suspension: Suspension, atSeq?: number): void;
}

/** Replays a sample of live runs in the background, and tells of those that do not do the same again. */
export class ReplayAudit extends Periodic {
  private candidate: Pick<AuditedRun, 'runId' | 'shard'> | undefined;
  private readonly search: PromiseSearch;
  /** Those that stay for the interval. */
  private shadows: Execution[] = [];

  constructor(
    private readonly services: ReplayAuditServices,
    private readonly owner: AuditedOwner,
  ) {
    const failure = 'a run could not be replayed for a check';
    const restMs = (hasFailed: boolean) => (!this.isBusy ? undefined : hasFailed ? intervalsAfterFailure * intervalMs : intervalMs);
    super({ failure, restMs, perform: () => this.auditNext() }, services.clock, services.log);
    this.search = new PromiseSearch(services.store, services.clock, () => owner.shards);
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.dropShadows();
  }

  /** The run has advanced or closed just now: the last one that is offered in an interval is replayed. */
  offer({ runId, shard, state }: Pick<Run, 'runId' | 'shard' | 'state'>): void {
    if (this.isStopped || state.suspension || !isWithinBounds(state)) return;
    const wasBusy = this.isBusy;
    this.candidate = { runId, shard: shard.id };
    if (!wasBusy) this.rest();
  }

  /** The run leaves memory. */
  evicted(run: Run): void {
    this.offer(run);
    if (run.execution?.awaitsPromise) this.searchPromises();
  }

  /** There may be runs that nobody has in memory, and whose code awaits what is not durable. */
  searchPromises(): void {
    const wasBusy = this.isBusy;
    this.search.begin();
    if (!wasBusy) this.rest();
  }

  private get isBusy(): boolean {
    return this.candidate !== undefined || this.search.isUnderWay || this.shadows.length > 0;
  }

  private async auditNext(): Promise<void> {
    this.dropShadows();
    const { candidate } = this;
    this.candidate = undefined;
    if (candidate) await this.auditOne(candidate);
    const found = await this.search.next();
    if (found && !this.owner.isResident(found.runId, found.shard)) await this.auditOne(found);
  }

  private async auditOne({ runId }: Pick<AuditedRun, 'runId'>): Promise<void> {
    try {
      const stored = (await this.services.store.loadRuns([runId])).runs[0];
      if (stored) await this.audit(stored);
    } catch (error) {
      throw new Error(`at run ${runId}`, { cause: error });
    }
  }

  private async audit({ runId, shard, status, lastSeq, history }: StoredRun): Promise<void> {
    const { definitions, turns, log, payloads } = this.services;
    const [started] = history as readonly [TypedEvent<'WorkflowStarted'>];
    const definition = definitions.get(started.data.workflow);
    if (!definition || status === 'Suspended' || !isWithinBounds(RunState.of(history))) return;
    const onGuilty = () => {
      if (shadow.suspension && this.shadows.includes(shadow)) this.owner.onGuilty(runId, shard, shadow.suspension, lastSeq);
    };
    const shadow = new Execution(runId, definition, started, onGuilty);
    const { divergence } = await replay(shadow, history, turns, payloads);
    if (!divergence && !isClosed(status) && !this.isStopped && !this.owner.isResident(runId, shard)) {
      this.shadows.push(shadow);
      return onGuilty();
    }
    shadow.abandon();
    if (!divergence) return;
    const { workflow, workflowId } = started.data;
    const details = { runId, workflowId, workflow, status, build: definitions.build, ...divergence };
    log.error('a replay for a check did something else than the run: its code does not depend on its history alone', details);
    if (!isClosed(status)) this.owner.onGuilty(runId, shard, divergence);
  }

  private dropShadows(): void {
    for (const shadow of this.shadows.splice(0)) shadow.abandon();
  }
}
