import { MarathonError } from '../../errors.js';
import type { RunId, ShardId } from '../../ids.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import { type OutgoingRequest, outgoingRequestsOf } from '../../run/outgoing-request.js';
import type { Run } from '../../run/run.js';
import type { AnswerOfOthers, RunInput } from '../../run/run-input.js';
import type { OutgoingRequests } from '../outgoing-requests.js';
import { ByRun } from './by-run.js';

/** How soon a child is tried again for whose workflow there is no place, and what could not be done at all. */
const laterMs = 5_000;
const failedLaterMs = 30_000;

/** What drives the runs. */
export interface OutgoingRequestRunnerLane {
  addInternals(inputs: readonly { readonly runId: RunId; readonly shard: ShardId; readonly input: AnswerOfOthers }[]): void;
  /** The run should be looked at again at that time. */
  wake(runId: RunId, shard: ShardId, atMs: number): void;
}

/**
 * Begins requests of runs, each once as long as nobody forgets it, and hands the answers to the lane. Keeps those that have begun and
 * whose answer is not recorded, by seq.
 */
export class OutgoingRequestRunner extends ByRun<number, OutgoingRequest> {
  constructor(
    private readonly requests: Pick<OutgoingRequests, 'do'>,
    private readonly lane: OutgoingRequestRunnerLane,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super();
  }

  /** Begins what is committed and was not begun. */
  begin(run: Run): void {
    const { runId, shard, state, committed } = run;
    for (const request of outgoingRequestsOf({ runId, address: shard, state }, committed.seq)) {
      if (this.of(runId)?.has(request.seq)) continue;
      this.put(runId, shard.id, request.seq, request);
      void this.perform(runId, shard.id, request);
    }
  }

  /** The answer is recorded, or of no use any more. */
  settled(runId: RunId, seq: number): void {
    this.remove(runId, seq);
  }

  private async perform(runId: RunId, shard: ShardId, request: OutgoingRequest): Promise<void> {
    try {
      const outcome = await this.requests.do(request);
      if (outcome !== 'later') return this.lane.addInternals([{ runId, shard, input: outcome }]);
      const workflow = request.kind === 'start-child' ? request.started.workflow : undefined;
      this.log.warn('a child waits for its workflow to be registered', { runId, workflow });
      this.leave(runId, shard, request, laterMs);
    } catch (error) {
      // Here nothing is done any more: the process stops.
      if (error instanceof MarathonError && error.retryable) return this.settled(runId, request.seq);
      this.log.error('what a run asks of another could not be done; it will be tried again', { runId, seq: request.seq, error });
      this.leave(runId, shard, request, failedLaterMs);
    }
  }

  private leave(runId: RunId, shard: ShardId, { seq }: OutgoingRequest, afterMs: number): void {
    this.settled(runId, seq);
    this.lane.wake(runId, shard, this.clock.now() + afterMs);
  }
}

/** The seq of the request that the input answers, if it answers one. */
export function answeredRequest(input: RunInput): number | undefined {
  switch (input.kind) {
    case 'child-started':
    case 'child-start-failed':
      return input.childSeq;
    case 'external-request-accepted':
    case 'external-request-failed':
      return input.requestSeq;
    default:
      return undefined;
  }
}
