import type { StepCommand } from '../execution/command.js';
import { failureOf } from '../execution/failure-of.js';
import { runScope } from '../execution/run-scope.js';
import type { RunId, ShardId } from '../ids.js';
import { encodePayload } from '../payload.js';
import type { RunInput, StepOutcome } from '../run/run-input.js';
import { ByRun } from './by-run.js';

/**
 * Performs steps in place and hands their results to the lane. A step in flight is known by run and number, so that a run that
 * was dropped and replayed meanwhile gets the result of the one that is under way, and does not begin it again. Nor does one that
 * was suspended meanwhile: the result waits for its code. When a shard is lost, results are another owner's to find: nothing says
 * whether they come while it is ours again.
 *
 * Kept by number of the step; with its result, once there is one that nobody has taken.
 */
export class StepRunner extends ByRun<number, RunInput | undefined> {
  constructor(private readonly onFinished: (runId: RunId, shard: ShardId, input: RunInput) => void) {
    super();
  }

  begin(runId: RunId, shard: ShardId, steps: readonly StepCommand[]): void {
    for (const command of steps) {
      const known = this.of(runId);
      const result = known?.get(command.step);
      if (result) this.onFinished(runId, shard, result);
      if (known?.has(command.step)) continue;
      this.put(runId, shard, command.step, undefined);
      void this.perform(runId, shard, command);
    }
  }

  /** The result is recorded, or of no use any more. */
  settled(runId: RunId, step: number): void {
    this.remove(runId, step);
  }

  /** How many steps are being performed. */
  get underWay(): number {
    let count = 0;
    for (const result of this.all()) if (!result) count++;
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
    if (this.of(runId)?.has(step)) this.put(runId, shard, step, finished);
    this.onFinished(runId, shard, finished);
  }
}
