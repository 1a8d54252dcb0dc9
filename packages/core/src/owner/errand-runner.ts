import { MarathonError } from '../errors.js';
import type { RunId, ShardId } from '../ids.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import { type Errand, errandsOf } from '../run/errand.js';
import type { Run } from '../run/run.js';
import type { AnswerOfOthers } from '../run/run-input.js';
import type { Errands } from './errands.js';

/** How soon a child is tried again for whose workflow there is no place, and what could not be done at all. */
const laterMs = 5_000;
const failedLaterMs = 30_000;

/** What drives the runs. */
export interface ErrandRunnerLane {
  addInternals(inputs: readonly { readonly runId: RunId; readonly shard: ShardId; readonly input: AnswerOfOthers }[]): void;
  /** The run should be looked at again at that time. */
  wake(runId: RunId, shard: ShardId, atMs: number): void;
}

/** Begins errands of runs, each once as long as nobody forgets it, and hands the answers to the lane. */
export class ErrandRunner {
  /** By run, the seqs of those that have begun and whose answer is not recorded. */
  private readonly inFlight = new Map<RunId, { readonly shard: ShardId; readonly seqs: Set<number> }>();

  constructor(
    private readonly errands: Pick<Errands, 'do'>,
    private readonly lane: ErrandRunnerLane,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Begins what is committed and was not begun. */
  begin(run: Run): void {
    const { runId, shard, state, committed } = run;
    for (const errand of errandsOf({ runId, address: shard, state }, committed.seq)) {
      const { seqs } = this.inFlight.get(runId) ?? this.first(runId, shard.id);
      if (seqs.has(errand.seq)) continue;
      seqs.add(errand.seq);
      void this.perform(runId, shard.id, errand);
    }
  }

  /** The answer is recorded, or of no use any more. */
  settled(runId: RunId, seq: number): void {
    const seqs = this.inFlight.get(runId)?.seqs;
    seqs?.delete(seq);
    if (seqs?.size === 0) this.inFlight.delete(runId);
  }

  /** The run has closed. */
  forget(runId: RunId): void {
    this.inFlight.delete(runId);
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, known] of this.inFlight) if (known.shard === shard) this.inFlight.delete(runId);
  }

  get size(): number {
    return this.inFlight.size;
  }

  private first(runId: RunId, shard: ShardId) {
    const begun = { shard, seqs: new Set<number>() };
    this.inFlight.set(runId, begun);
    return begun;
  }

  private async perform(runId: RunId, shard: ShardId, errand: Errand): Promise<void> {
    try {
      const outcome = await this.errands.do(errand);
      if (outcome !== 'later') return this.lane.addInternals([{ runId, shard, input: outcome }]);
      const workflow = errand.kind === 'start-child' ? errand.started.workflow : undefined;
      this.log.warn('a child waits for its workflow to be registered', { runId, workflow });
      this.leave(runId, shard, errand, laterMs);
    } catch (error) {
      // Here nothing is done any more: the process stops.
      if (error instanceof MarathonError && error.retryable) return this.settled(runId, errand.seq);
      this.log.error('what a run asks of another could not be done; it will be tried again', { runId, seq: errand.seq, error });
      this.leave(runId, shard, errand, failedLaterMs);
    }
  }

  private leave(runId: RunId, shard: ShardId, { seq }: Errand, afterMs: number): void {
    this.settled(runId, seq);
    this.lane.wake(runId, shard, this.clock.now() + afterMs);
  }
}
