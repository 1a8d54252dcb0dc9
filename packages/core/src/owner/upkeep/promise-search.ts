import type { RunId, ShardId } from '../../ids.js';
import type { Clock } from '../../ports/clock.port.js';
import { type AuditedRun, type RunStore, wakeCause } from '../../ports/run-store.port.js';

const runsPerPage = 200;

/** Goes over the open runs whose code awaits what is not durable (`wakeCause.promise`), whenever there may be some that are not in memory. */
export class PromiseSearch {
  private page: AuditedRun[] = [];
  private after: RunId | undefined;
  private asked = 0;

  constructor(
    private readonly store: Pick<RunStore, 'readRunsToAudit'>,
    private readonly clock: Clock,
    private readonly shards: () => readonly ShardId[],
  ) {}

  /** There may be others by now: when it is under way, it begins anew behind its end. */
  begin(): void {
    this.asked = Math.min(this.asked + 1, 2);
  }

  get isUnderWay(): boolean {
    return this.page.length > 0 || this.asked > 0;
  }

  /** Nothing at the end, and where a page has none. */
  async next(): Promise<AuditedRun | undefined> {
    if (this.page.length === 0 && this.asked > 0) await this.turnPage();
    return this.page.shift();
  }

  private async turnPage(): Promise<void> {
    const shards = this.shards();
    const startedBeforeMs = this.clock.now() + 1;
    const query = { shards, causes: wakeCause.promise, startedBeforeMs, afterRunId: this.after, limit: runsPerPage };
    const { runs, after } = await this.store.readRunsToAudit(query);
    this.page = runs.filter(({ wakeCauses }) => (wakeCauses & wakeCause.promise) !== 0);
    this.after = after;
    if (after === undefined) this.asked--;
  }
}
