import type { Failure } from '../failure.js';
import type { HistoryEvent } from '../history/event.js';
import type { RetryPolicy } from './activity-options.js';

/** What governs the attempts of a step in place. It stands in no history: it is the code's. */
export interface StepLimits {
  /** Without one, the first failure is the step's. */
  readonly retry?: RetryPolicy;
  /** One attempt. */
  readonly startToCloseTimeoutMs?: number;
  /** When all attempts must be over. */
  readonly closesAtMs?: number;
}

/** A step in place that has failed and is tried again. */
export interface StepRetry {
  readonly step: number;
  readonly name: string;
  readonly inputDigest: string | undefined;
  /** The one that follows, or is under way. */
  readonly attempt: number;
  readonly dueAtMs: number;
  /** The back-off is over. */
  isDue: boolean;
  readonly lastFailure: Failure;
  readonly lastFailedAtMs: number;
}

/** The steps of a run that are tried again, by number. */
export class StepRetries {
  private readonly byStep = new Map<number, StepRetry>();

  fold(event: HistoryEvent): void {
    switch (event.type) {
      case 'StepRetryScheduled': {
        const { step, name, inputDigest, attempt, firesAtMs, failure } = event.data;
        const retry = {
          step,
          name,
          inputDigest,
          attempt,
          dueAtMs: firesAtMs,
          isDue: false,
          lastFailure: failure,
          lastFailedAtMs: event.at,
        };
        this.byStep.set(step, retry);
        return;
      }
      case 'StepRetryDue': {
        const retry = this.byStep.get(event.data.step);
        if (retry) retry.isDue = true;
        return;
      }
      case 'StepRetryCanceled':
      case 'StepCompleted':
      case 'StepFailed':
        this.byStep.delete(event.data.step);
    }
  }

  of(step: number): StepRetry | undefined {
    return this.byStep.get(step);
  }

  get all(): readonly StepRetry[] {
    return [...this.byStep.values()];
  }

  get backingOff(): readonly StepRetry[] {
    return this.all.filter(({ isDue }) => !isDue);
  }

  isBackingOff(step: number): boolean {
    return this.byStep.get(step)?.isDue === false;
  }

  /** Those that the code does not perform, or performs as another step. */
  without(steps: ReadonlyMap<number, Pick<StepRetry, 'name'> & { readonly inputDigest?: string }>): readonly StepRetry[] {
    return this.all.filter(({ step, name, inputDigest }) => {
      const command = steps.get(step);
      return command?.name !== name || command.inputDigest !== inputDigest;
    });
  }
}
