import { describe, expect, it } from '@jest/globals';
import { workloadNames } from '../workloads.js';
import { benchWorkflows } from './bench.workflows.js';

describe('the workflows of the bench', () => {
  it('are one for each workload', () => {
    expect(benchWorkflows.map(({ name }) => name).sort()).toEqual(workloadNames.map((name) => `bench.${name}`).sort());
  });
});
