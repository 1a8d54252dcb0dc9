import type { StepCommand } from '../execution/command.js';
import type { Execution } from '../execution/execution.js';
import type { RunState } from './run-state.js';

/** Those that the code waits for, and whose attempt is not to wait for the end of a back-off. */
export function stepsToBegin(execution: Execution, { stepRetries }: RunState): readonly StepCommand[] {
  const steps = [...execution.steps.values()];
  return stepRetries ? steps.filter(({ step }) => !stepRetries.isBackingOff(step)) : steps;
}

/** The result of the step is recorded and waits to be fed. */
export const defersStep = ({ deferred }: RunState, step: number): boolean =>
  deferred.some(({ type, data }) => (type === 'StepCompleted' || type === 'StepFailed') && data.step === step);
