/** What is measured. The workflow behind each is registered as `bench.<name>`. */
export const workloads = {
  w1: { steps: 1, expected: lastOf(1) },
  w3: { steps: 3, expected: lastOf(3) },
  w10: { steps: 10, expected: lastOf(10) },
  fan100: { steps: 100, expected: { count: 100 } },
  map: { steps: 100_000, expected: { count: 100_000 } },
  timer: { steps: 1, expected: lastOf(1) },
  signal: { steps: 0, expected: { go: true } },
  'update.sticky': { steps: 0, expected: { ok: true } },
  'signal.sticky': { steps: 0, expected: {} },
  'w1.local': { steps: 1, expected: lastOf(1) },
  'w3.local': { steps: 3, expected: lastOf(3) },
  'w10.local': { steps: 10, expected: lastOf(10) },
  'fan100.local': { steps: 100, expected: { count: 100 } },
} as const satisfies Record<string, Workload>;

export interface Workload {
  /** Activities, or steps in place, of one workflow. */
  readonly steps: number;
  /** The result that every run of it must have. */
  readonly expected: object;
}

export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as WorkloadName[];

/** What the last of `steps` activities in sequence returns. */
function lastOf(steps: number) {
  return { ok: true, i: steps - 1, at: 'step' } as const;
}
