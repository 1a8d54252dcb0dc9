import { describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

describe('a workflow that is a provider', () => {
  it('runs with the services that are injected into it, in the time of its run', async () => {
    const { status, result } = await system.api.run('e2e.quoting', { skus: ['tea', 'cup', 'tea'] });
    expect({ status, result }).toEqual({ status: 'Completed', result: { totalCents: 2_100, isRunTime: true } });
  });

  it('is suspended where a service does what only activities may, and says what', async () => {
    const { workflowId } = await system.api.started('e2e.quoting-from-file');
    await system.api.event(workflowId, 'WorkflowSuspended');
    const { suspension } = await system.api.describe(workflowId);
    expect(suspension).toMatchObject({ reason: 'non-deterministic', message: expect.stringContaining('fs.readFileSync') });
    await system.api.terminate(workflowId);
  });
});
