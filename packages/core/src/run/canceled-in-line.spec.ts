import { expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';

it.each([false, true])(
  'a run that is canceled in line has ended without its code, let in at the same time (%s) or not',
  async (isAdmitted) => {
    const code = { ...define((ctx) => ctx.activity('one')), concurrency: { key: 'ones', limit: 1 } };
    const run = await RunDriver.start(code);
    const cancel = run.nextRequest({ kind: 'cancel' });
    await run.give(cancel, ...(isAdmitted ? [run.nextRequest({ kind: 'admit-run' })] : []));
    const admitted = isAdmitted ? ['WorkflowAdmitted'] : [];
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowQueued', 'CancelRequested', ...admitted, 'WorkflowCanceled']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  },
);
