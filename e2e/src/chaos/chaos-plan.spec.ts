import { describe, expect, it } from '@jest/globals';
import { chaosPlan, roles } from './chaos-plan.js';

const options = { seed: 1, durationMs: 300_000, processesPerRole: 2 };

describe('the plan of a chaos test', () => {
  it('follows from its seed', () => {
    expect(chaosPlan(options)).toEqual(chaosPlan(options));
    expect(chaosPlan(options)).not.toEqual(chaosPlan({ ...options, seed: 2 }));
  });

  it('kills and pauses processes of every role, and restarts PostgreSQL and Kafka', () => {
    const plan = chaosPlan(options);
    for (const role of roles) {
      for (const kind of ['kill', 'pause'] as const) expect(plan).toContainEqual(expect.objectContaining({ kind, role }));
    }
    expect(plan.flatMap((fault) => (fault.kind === 'restart' ? [fault.what] : []))).toEqual(['PostgreSQL', 'Kafka']);
    expect(plan.map(({ atMs }) => atMs)).toEqual(plan.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });
});
