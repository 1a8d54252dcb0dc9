export interface StepResult {
  readonly ok: true;
  readonly i: number;
  readonly at: 'step';
}

/** The work of every step: trivial, so that what is measured is everything around it. */
export const step = (i: number): StepResult => ({ ok: true, i, at: 'step' });
