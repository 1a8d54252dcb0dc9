import { describe, expect, it } from '@jest/globals';
import type { Description } from '../api/answers.js';
import { useSystem } from '../system/use-system.js';

// The process that runs such code is ended by its watchdog. Whoever supervises it starts it again.
const system = useSystem();

describe('workflow code that never lets go of the process', () => {
  it('is suspended and named, and the other runs go on', async () => {
    const others = await Promise.all([
      ...Array.from({ length: 10 }, () => system.api.started('e2e.sleep', { duration: '2s' })),
      ...Array.from({ length: 10 }, (_, i) => system.api.started('e2e.collect', { name: `go-${i}`, count: 1 })),
    ]);
    const { workflowId } = await system.api.started('e2e.busy-loop');

    const run = await untilSuspended(workflowId);
    expect(run.suspension).toMatchObject({ reason: 'unresponsive', message: expect.stringContaining('5000') });

    for (const [i, other] of others.slice(10).entries()) await system.api.signal(other.workflowId, `go-${i}`, i);
    const outcomes = await Promise.all(others.map((other) => system.api.outcome(other.workflowId)));
    expect(outcomes.map(({ result }) => result)).toEqual([
      ...Array.from({ length: 10 }, () => 'awake'),
      ...Array.from({ length: 10 }, (_, i) => [i]),
    ]);
    expect((await system.api.run('e2e.sequence', { start: 1, count: 3 })).result).toBe(8);
    expect((await system.api.describe(workflowId)).status).toBe('Suspended');

    await system.api.terminate(workflowId);
    expect((await system.api.outcome(workflowId)).status).toBe('Terminated');
  });
});

/** Nobody answers while the process is held, or is started again: then the question is asked anew. */
async function untilSuspended(workflowId: string): Promise<Description> {
  for (;;) {
    try {
      return await system.api.describeWhen(workflowId, ({ status }) => status === 'Suspended');
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const isConnectionError = (error: unknown): boolean => /^(ECONN|UND_ERR|EPIPE)/.test(String((error as { code?: unknown }).code));
