import type { StepCommand } from '../execution/command.js';
import { failureOf } from '../execution/failure-of.js';
import { runScope } from '../execution/run-scope.js';
import type { RunId, ShardId } from '../ids.js';
import { encodePayload } from '../payload.js';
import type { RunInput, StepOutcome } from '../run/run-input.js';

/**
 * Performs steps in place and hands their results to the lane. A step in flight is known by run and number, so that a run that
 * was dropped and replayed meanwhile gets the result of the one that is under way, and does not begin it again.
 */
export class StepRunner {
  private readonly inFlight = new Map<RunId, { readonly shard: ShardId; readonly steps: Set<number> }>();

  constructor(private readonly onFinished: (runId: RunId, shard: ShardId, input: RunInput) => void) {}

  begin(runId: RunId, shard: ShardId, steps: readonly StepCommand[]): void {
    for (const command of steps) {
      const known = this.inFlight.get(runId)?.steps;
      if (known?.has(command.step)) continue;
      if (known) known.add(command.step);
      else this.inFlight.set(runId, { shard, steps: new Set([command.step]) });
      void this.perform(runId, shard, command);
    }
  }

  /** The result is recorded, or of no use any more. */
  settled(runId: RunId, step: number): void {
    const known = this.inFlight.get(runId)?.steps;
    known?.delete(step);
    if (known?.size === 0) this.inFlight.delete(runId);
  }

  /** The run has closed. */
  forget(runId: RunId): void {
    this.inFlight.delete(runId);
  }

  /** Their results are another owner's to find: nothing says whether they come while the shard is ours again. */
  forgetShard(shard: ShardId): void {
    for (const [runId, known] of this.inFlight) if (known.shard === shard) this.inFlight.delete(runId);
  }

  private async perform(runId: RunId, shard: ShardId, { step, name, inputDigest, perform }: StepCommand): Promise<void> {
    const outcome = await runScope.exit(async (): Promise<StepOutcome> => {
      try {
        const result = encodePayload(await perform(), `the result of step "${name}"`);
        return result === undefined ? { outcome: 'completed' } : { outcome: 'completed', result };
      } catch (thrown) {
        return { outcome: 'failed', failure: failureOf(thrown) };
      }
    });
    const finished = { kind: 'step-finished', step, name, outcome } as const;
    this.onFinished(runId, shard, inputDigest === undefined ? finished : { ...finished, inputDigest });
  }
}
