import type { StepCommand } from '../execution/command.js';
import { failureOf } from '../execution/failure-of.js';
import { runScope } from '../execution/run-scope.js';
import type { RunId, ShardId } from '../ids.js';
import { encodePayload } from '../payload.js';
import type { RunInput, StepOutcome } from '../run/run-input.js';

/**
 * Performs steps in place and hands their results to the lane. A step in flight is known by run and number, so that a run that
 * was dropped and replayed meanwhile gets the result of the one that is under way, and does not begin it again. Nor does one that
 * was suspended meanwhile: the result waits for its code.
 */
export class StepRunner {
  /** By run and number of the step; with its result, once there is one that nobody has taken. */
  private readonly inFlight = new Map<RunId, { readonly shard: ShardId; readonly steps: Map<number, RunInput | undefined> }>();

  constructor(private readonly onFinished: (runId: RunId, shard: ShardId, input: RunInput) => void) {}

  begin(runId: RunId, shard: ShardId, steps: readonly StepCommand[]): void {
    for (const command of steps) {
      const known = this.inFlight.get(runId)?.steps;
      const result = known?.get(command.step);
      if (result) this.onFinished(runId, shard, result);
      if (known?.has(command.step)) continue;
      if (known) known.set(command.step, undefined);
      else this.inFlight.set(runId, { shard, steps: new Map([[command.step, undefined]]) });
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

  get size(): number {
    return this.inFlight.size;
  }

  /** How many steps are being performed. */
  get underWay(): number {
    let count = 0;
    for (const { steps } of this.inFlight.values()) for (const result of steps.values()) if (!result) count++;
    return count;
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
    const finished: RunInput = { kind: 'step-finished', step, name, outcome, ...(inputDigest !== undefined && { inputDigest }) };
    const known = this.inFlight.get(runId)?.steps;
    if (known?.has(step)) known.set(step, finished);
    this.onFinished(runId, shard, finished);
  }
}
