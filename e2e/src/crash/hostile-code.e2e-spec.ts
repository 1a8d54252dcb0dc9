import { describe, expect, it } from '@jest/globals';
import { Bomb } from './bomb.js';
import { brokenPromises } from './broken-promises.js';
import { crashWorkflows } from './crash.workflows.js';
import { eventually } from './eventually.js';
import { Promises } from './evidence.js';
import { hostileWorkflows } from './hostile.workflows.js';
import { PersistentClient } from './persistent-client.js';
import { WorkflowClient } from './scenarios.js';
import { useCrashingSystem } from './use-crashing-system.js';

const timeoutMs = 120_000;
const unresponsiveExitCode = 70;

describe('code that holds its process, or breaks the rules of its run', () => {
  const { database, system } = useCrashingSystem();
  const promises = new Promises();
  const client = new PersistentClient(() => system.url);

  const of = (workflowId: string) => new WorkflowClient(client, promises, workflowId);
  const describeRun = async (workflowId: string) => (await client.persist({ method: 'GET', path: `/workflows/${workflowId}` })).body;
  it.each([
    ['unhandled-rejection', 'unhandled-rejection'],
    ['foreign-await', 'foreign-await'],
  ])(
    'is suspended and named (%s), and every other run goes on',
    async (name, reason) => {
      const { pid } = system;
      const others = startOthers(name);
      await of(name).start(`hostile.${name}`, undefined, { status: 'Terminated' });
      await eventually(async () => expect(await describeRun(name)).toMatchObject({ status: 'Suspended', suspension: { reason } }));
      await others;
      expect(system.pid).toBe(pid);
      expect(process.kill(pid, 0)).toBe(true);
    },
    timeoutMs,
  );

  it(
    'is suspended and named (an endless loop), its process ends with 70, and the next one goes on with all others',
    async () => {
      await of('waiting').start('crash.relay', { markers: [], count: 2 }, { status: 'Completed' });
      await of('waiting').signal('before', 0, 1);
      await of('napping').start('crash.timers', undefined, { status: 'Completed', result: 'awake' });
      await of('endless').start('hostile.endless', undefined, { status: 'Terminated' });
      expect(await system.death).toEqual({ code: unresponsiveExitCode, signal: null });
      expect(system.lastWords).toContain('endless');

      await system.start();
      expect(await describeRun('endless')).toMatchObject({ status: 'Suspended', suspension: { reason: 'unresponsive' } });
      await of('waiting').signal('after', 0, 1);
      await startOthers('after');
      expect(process.kill(system.pid, 0)).toBe(true);
    },
    timeoutMs,
  );

  it(
    'is suspended and named when its process ended before what it awaited was settled, though nothing happens to its run',
    async () => {
      await of('library').start('hostile.library', system.pid, { status: 'Terminated' });
      const why = async () => (await client.persist({ method: 'GET', path: '/workflows/library/why' })).body;
      await eventually(async () => expect(await why()).toMatchObject({ waits: [{ kind: 'promise', updates: ['knock'] }] }));
      await system.kill();
      await system.start();
      const waits = [{ kind: 'suspension', suspension: { reason: 'foreign-await' } }];
      await eventually(async () => expect(await why()).toMatchObject({ waits }));
      expect(system.lastWords).toMatch(/a run is suspended: ctx\.random\(\).*hostile\.library/);
    },
    timeoutMs,
  );

  it(
    'can be terminated, and leaves everything in order',
    async () => {
      for (const name of ['endless', 'unhandled-rejection', 'foreign-await', 'library']) await of(name).request('terminate');
      expect(await brokenPromises(database, promises, [...crashWorkflows(new Bomb()), ...hostileWorkflows])).toEqual([]);
    },
    timeoutMs,
  );

  /** Resolves when they have completed. */
  async function startOthers(name: string): Promise<void> {
    const others = Array.from({ length: 5 }, (_, i) => of(`${name}-other-${i}`));
    await Promise.all(
      others.map(async (other) => {
        await other.start('crash.timers', undefined, { status: 'Completed', result: 'awake' });
        await other.result();
      }),
    );
  }
});
