import type { OwnedShard } from '../../ids.js';
import { queueWindowDefault } from '../../limits/limit-options.js';
import type { LimitName } from '../../limits/stated-limit.js';
import type { RunAdvance } from '../../ports/run-store.port.js';
import type { Relay } from '../../relay/relay.js';
import { grewLong, shortHistoryRemedy } from '../../run/history-limit.js';
import { leavesRequests } from '../../run/outgoing-request.js';
import type { Run } from '../../run/run.js';
import type { ResultWaiters } from '../waiters/result-waiters.js';
import type { LaneServices } from './lane-services.js';
import { type Advanced, eventsOfCommit, messagesOfCommit } from './publication.js';
import type { ResidentRuns } from './resident-runs.js';
import type { RowLag } from './row-lag.js';
import type { RunWork } from './run-work.js';

export interface BatchCommitListener {
  onShardLost(shard: OwnedShard): void;
  /** Somebody else advanced the run: what was brought to it has to be brought again. */
  onConflict(work: RunWork): void;
  /** Somebody waits for these limits, or has left them. */
  onLimitsChanged(names: readonly LimitName[]): void;
}

/** Commits what was decided for the runs of a batch, in one statement, and tells those whom it concerns. */
export class BatchCommit {
  constructor(
    private readonly source: string,
    private readonly services: LaneServices,
    private readonly runs: ResidentRuns,
    private readonly waiters: ResultWaiters,
    private readonly lag: RowLag,
    private readonly relay: Relay,
    private readonly listener: BatchCommitListener,
  ) {}

  /** @returns the works whose run only has to take more requests before it closes; of others that were refused the listener is told. */
  async commit(works: readonly RunWork[]): Promise<readonly RunWork[]> {
    const refused = await this.commitOnce(works);
    return refused.length === 0 ? [] : this.explain(refused);
  }

  /** @returns the works whose run did not advance. */
  private async commitOnce(works: readonly RunWork[]): Promise<readonly RunWork[]> {
    const collected = this.collect(works);
    if (collected.length === 0) return [];
    const shards = [...new Map(collected.map(({ work }) => [work.shard.id, work.shard])).values()];
    await this.writeLarge(collected);
    const published = this.relay.takePublished();
    const batch = { source: this.source, shards, advances: collected.map(({ advance }) => advance), published };
    const { advanced, entry } = await this.services.store.commit(batch).catch((error: unknown) => {
      this.relay.putBack(published);
      throw error;
    });
    const done = collected.filter(({ work }) => advanced.has(work.runId));
    for (const { run, advance } of done) {
      run.confirm(advance);
      if (advance.status === 'Suspended') this.warnOfSuspension(run, advance);
      if (grewLong(advance.expectedSeq, run.committed.seq)) this.warnOfLongHistory(run);
      this.lag.caughtUp(run.runId);
      if (advance.limits) this.listener.onLimitsChanged(advance.limits.names);
    }
    this.relay.send(entry, messagesOfCommit(done, this.waiters), this.concluded(done));
    this.relay.tell(eventsOfCommit(done));
    return collected.filter(({ work }) => !advanced.has(work.runId)).map(({ work }) => work);
  }

  /** Before the commit, and not in it: it would keep the shards' rows locked for as long. */
  private async writeLarge(collected: readonly Advanced[]): Promise<void> {
    for (const { run } of collected) {
      const unwritten = run.outOfLine?.unwritten;
      if (!unwritten || unwritten.size === 0) continue;
      await this.services.payloads?.write(unwritten);
      this.runs.measure(run);
    }
  }

  /** What those that have closed leave to be done; nothing, as a rule. */
  private concluded(done: readonly Advanced[]): Promise<unknown> | undefined {
    const closed = done.filter(({ run: { state } }) => !state.isOpen && leavesRequests(state));
    if (closed.length === 0) return undefined;
    const { outgoingRequests } = this.services;
    const concluded = Promise.all(
      closed.map(({ run: { runId, shard, state } }) => outgoingRequests.conclude({ runId, address: shard, state })),
    );
    // What could not be done is found with the entry.
    concluded.catch(() => {});
    return concluded;
  }

  /**
   * Events and what happens to items of maps are committed at once; a row that merely lags behind waits for a batch within the second,
   * unless its run had to be read, and may be gone from memory by then.
   */
  private collect(works: readonly RunWork[]): readonly (Advanced & { readonly work: RunWork })[] {
    const { clock, newRunId, queueWindow = queueWindowDefault } = this.services;
    const now = clock.now();
    return works.flatMap((work) => {
      const advance = work.run?.collect(now, newRunId, queueWindow);
      if (!work.run || !advance) return [];
      if (work.accepted) return [{ work, run: work.run, advance: { ...advance, accepted: work.accepted } }];
      if (advance.events.length > 0 || advance.maps || work.isRowDue || work.isLoaded) return [{ work, run: work.run, advance }];
      this.lag.note(work.runId, work.shard.id, now);
      return [];
    });
  }

  /** Finds out why, and gives those back that only have to take more requests before they close. */
  private async explain(refused: readonly RunWork[]): Promise<readonly RunWork[]> {
    const explained = await this.services.store.explainRefusals(refused.map(({ runId }) => runId));
    const refusals = new Map(explained.map((refusal) => [refusal.runId, refusal]));
    const again: RunWork[] = [];
    for (const work of refused) {
      const refusal = refusals.get(work.runId);
      if (refusal?.shard === work.shard.id && refusal.epoch !== work.shard.epoch) this.listener.onShardLost(work.shard);
      else if (
        refusal &&
        work.run &&
        !work.accepted &&
        refusal.lastSeq === work.run.committed.seq &&
        refusal.requestsAccepted > work.run.state.taken
      )
        again.push(work);
      else this.listener.onConflict(work);
    }
    return again;
  }

  private warnOfSuspension({ runId, state: { started } }: Run, { events }: RunAdvance): void {
    const suspended = events.findLast((event) => event.type === 'WorkflowSuspended');
    if (!suspended) return;
    const { workflow, workflowId } = started.data;
    const { message, ...details } = suspended.data.suspension;
    this.services.log.warn(`a run is suspended: ${message}`, { workflow, workflowId, runId, ...details });
  }

  private warnOfLongHistory({ runId, state: { started, lastSeq } }: Run): void {
    const { workflow, workflowId } = started.data;
    const message = `the history of a run has grown long; ${shortHistoryRemedy}`;
    this.services.log.warn(message, { workflow, workflowId, runId, events: lastSeq });
  }
}
