import type { StepCommand } from '../../execution/command.js';
import type { StepAttempt } from '../../execution/context/step-call.js';
import { failureOf } from '../../execution/failure-of.js';
import { runScope } from '../../execution/run-scope.js';
import type { RunId, ShardId } from '../../ids.js';
import { encodePayload } from '../../payload.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Run } from '../../run/run.js';
import type { RunInput, StepOutcome } from '../../run/run-input.js';
import { ByRun } from './by-run.js';

/**
 * Performs steps in place and hands their results to the lane. A step in flight is known by run and number, so that a run that
 * was dropped and replayed meanwhile gets the result of the one that is under way, and does not begin it again. Nor does one that
 * was suspended meanwhile: the result waits for its code. When a shard is lost, results are another owner's to find: nothing says
 * whether they come while it is ours again.
 *
 * Kept by number of the step: the attempt it is at, with its result, once there is one that nobody has taken.
 */
export class StepRunner extends ByRun<number, Attempt> {
  constructor(
    private readonly clock: Clock,
    private readonly onFinished: (runId: RunId, shard: ShardId, input: RunInput) => void,
  ) {
    super();
  }

  begin(run: Run): void {
    const { runId, shard, state } = run;
    for (const command of run.readySteps) {
      const number = state.stepRetries?.of(command.step)?.attempt ?? 1;
      const known = this.of(runId)?.get(command.step);
      if (known?.attempt === number) {
        if (known.finished) this.onFinished(runId, shard.id, known.finished);
        continue;
      }
      const attempt = new Attempt(number);
      this.put(runId, shard.id, command.step, attempt);
      void this.perform(runId, shard.id, command, attempt);
    }
  }

  /** Tells those that the code has given up on. What it decided is committed. */
  release(run: Run): void {
    const { runId, execution, state } = run;
    const known = this.of(runId);
    if (!known || !execution?.hasStarted || !state.runsCode) return;
    for (const [step, attempt] of known) {
      if (execution.steps.has(step)) continue;
      this.remove(runId, step);
      attempt.letGo();
    }
  }

  /** The result of the attempt is recorded, or of no use any more. */
  settled(runId: RunId, step: number, attempt: number): void {
    if (this.of(runId)?.get(step)?.attempt === attempt) this.remove(runId, step);
  }

  /** How many steps are being performed. */
  get underWay(): number {
    let count = 0;
    for (const { finished } of this.all()) if (!finished) count++;
    return count;
  }

  protected override onForgotten(attempts: ReadonlyMap<number, Attempt>): void {
    for (const attempt of attempts.values()) attempt.letGo();
  }

  private async perform(runId: RunId, shard: ShardId, command: StepCommand, attempt: Attempt): Promise<void> {
    const { step, name, inputDigest, limits } = command;
    const outcome = await runScope.exit(() => (limits ? this.inTime(command, attempt) : outcomeOf(command, attempt)));
    // It may have failed because it was told, and its shard may be ours again: that is not how the step went.
    if (attempt.isLetGo) return;
    attempt.finished = {
      kind: 'step-finished',
      ...{ step, name, attempt: attempt.attempt, outcome },
      ...(inputDigest !== undefined && { inputDigest }),
      ...(limits && { limits }),
    };
    this.onFinished(runId, shard, attempt.finished);
  }

  /** The first of its outcome and the end of its time: what comes later is dropped. */
  private inTime(command: StepCommand, attempt: Attempt): Promise<StepOutcome> {
    const { startToCloseTimeoutMs = Number.POSITIVE_INFINITY, closesAtMs = Number.POSITIVE_INFINITY } = command.limits ?? {};
    const now = this.clock.now();
    const untilMs = Math.min(now + startToCloseTimeoutMs, closesAtMs);
    if (untilMs === Number.POSITIVE_INFINITY) return outcomeOf(command, attempt);
    const timeout = untilMs === closesAtMs ? 'scheduleToClose' : 'startToClose';
    if (untilMs <= now) return Promise.resolve(attempt.timeOut(timeout));
    return new Promise((resolve) => {
      const cancel = this.clock.at(untilMs, () => resolve(attempt.timeOut(timeout)));
      void outcomeOf(command, attempt).then((outcome) => {
        cancel();
        resolve(outcome);
      });
    });
  }
}

async function outcomeOf({ name, perform }: StepCommand, attempt: StepAttempt): Promise<StepOutcome> {
  try {
    const result = encodePayload(await perform(attempt), `the result of step "${name}"`);
    return result === undefined ? { outcome: 'completed' } : { outcome: 'completed', result };
  } catch (thrown) {
    return { outcome: 'failed', failure: failureOf(thrown) };
  }
}

/** One attempt at a step, as its function gets to see it. */
class Attempt implements StepAttempt {
  finished: Extract<RunInput, { kind: 'step-finished' }> | undefined;
  /** Its result is of no use to this owner any more. */
  isLetGo = false;
  #controller: AbortController | undefined;
  #aborted: Error | undefined;

  constructor(readonly attempt: number) {}

  /** Made when somebody asks: most steps do not. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    if (this.#aborted) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  timeOut(timeout: string): StepOutcome {
    const failure = { type: 'StepTimedOut', message: `attempt ${this.attempt} ran out of its ${timeout} time` };
    this.abort(failure.type, failure.message);
    return { outcome: 'failed', failure };
  }

  letGo(): void {
    this.isLetGo = true;
    if (!this.finished) runScope.exit(() => this.abort('StepAborted', `nobody waits for attempt ${this.attempt} any more`));
  }

  private abort(name: string, message: string): void {
    this.#aborted ??= Object.assign(new Error(message), { name });
    this.#controller?.abort(this.#aborted);
  }
}
