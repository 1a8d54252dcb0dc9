import { describe, expect, it } from '@jest/globals';
import { runId } from '@marathon/core';
import { describeUnresponsiveRun } from './unresponsive-run.js';

const run = { runId: runId('01890a5d-ac96-774b-bcce-b302099a8057'), limitMs: 5_000 };

describe('describeUnresponsiveRun', () => {
  it('names the run, its workflow, the place and what happens next', () => {
    expect(describeUnresponsiveRun({ ...run, location: 'file:///order.js:3:5' }, { workflowId: 'order-17' })).toBe(
      'marathon: workflow code held the process for 5000 ms at file:///order.js:3:5: run 01890a5d-ac96-774b-bcce-b302099a8057 of workflow order-17 is suspended until it is resumed; the process ends, and other runs go on in the next owner of their shards',
    );
  });

  it('says when the run could not be marked', () => {
    expect(describeUnresponsiveRun(run, new Error('no database'))).toBe(
      'marathon: workflow code held the process for 5000 ms: run 01890a5d-ac96-774b-bcce-b302099a8057 could not be marked suspended (no database); the process ends, and the next owner of the run meets it again',
    );
  });

  it('says that nothing is left of it where nobody marks it', () => {
    expect(describeUnresponsiveRun(run, undefined)).toBe(
      'marathon: workflow code held the process for 5000 ms: run 01890a5d-ac96-774b-bcce-b302099a8057; the process ends, and all runs with it: nothing of them is kept',
    );
  });
});
