import { describe, expect, it } from '@jest/globals';
import type { AnyWorkflowDefinition } from '../../execution/definition/definition.js';
import { TurnLoop } from '../../execution/turn-loop.js';
import type { HistoryEvent } from '../../history/event.js';
import { runId, shardId } from '../../ids.js';
import type { StoredRun } from '../../ports/run-store.port.js';
import { Definitions } from '../definitions.js';
import { RunLoader } from './run-loader.js';

const shard = { id: shardId(1), taskQueue: 'default', partition: 0, epoch: 1 };
const work = { name: 'work', run: async () => 'done' };
const loaderOf = (build: string, definition: AnyWorkflowDefinition = work) =>
  new RunLoader(new Definitions([definition], build), new TurnLoop({ turnBegan() {}, turnEnded() {} }), () => {}, {
    info() {},
    warn() {},
    error() {},
  });

/** A run whose code, of build `b1`, has held as many processes as `times` says. */
function heldProcesses(times: number): StoredRun {
  const history: HistoryEvent[] = [
    { seq: 1, type: 'WorkflowStarted', at: 1, data: { workflow: 'work', workflowId: 'w', taskQueue: 'default' } },
  ];
  for (let n = 1; n <= times; n++) {
    if (n > 1) history.push({ seq: history.length + 1, type: 'WorkflowResumed', at: 1, data: { n: n - 1 } });
    const suspension = { reason: 'unresponsive', message: 'held the process', build: 'b1' } as const;
    history.push({ seq: history.length + 1, type: 'WorkflowSuspended', at: 1, data: { suspension, unprocessedFrom: 1 } });
  }
  const id = runId('00000000-0000-7000-8000-000000000001');
  return { runId: id, shard: shard.id, status: 'Suspended', lastSeq: history.length, requestsAccepted: times - 1, history, heartbeats: [] };
}

describe('a history that ended owners', () => {
  it('is given to the same code once more', async () => {
    expect((await loaderOf('b1').load(heldProcesses(1), shard, 2, 'always')).execution).toBeDefined();
  });

  it('is not loaded by that build a third time: a resumption is recorded, and suspended again', async () => {
    const run = await loaderOf('b1').load(heldProcesses(2), shard, 2, 'always');
    expect(run.execution).toBeUndefined();
    run.beginTurn({ kind: 'request', request: { kind: 'resume', n: 2 } }, 2);
    expect(run.uncommitted).toMatchObject([
      { type: 'WorkflowResumed', data: { n: 2 } },
      { type: 'WorkflowSuspended', data: { suspension: { reason: 'ended-owners', build: 'b1' }, unprocessedFrom: 1 } },
    ]);
  });

  it('is loaded by another build', async () => {
    expect((await loaderOf('b2').load(heldProcesses(2), shard, 2, 'other-build')).execution).toBeDefined();
  });
});

it('feeds code that a replay found guilty in its first turn that turn once more, when it is mended', async () => {
  const { history, ...stored } = heldProcesses(1);
  const fresh = { ...stored, status: 'Pending', history: history.slice(0, 1), lastSeq: 1 } as const;
  const guilty = { name: 'work', run: () => new Promise(() => {}) };
  const suspended = await loaderOf('b1', guilty).load(fresh, shard, 2, 'never');
  expect(suspended.uncommitted).toMatchObject([{ type: 'WorkflowSuspended', data: { unprocessedFrom: 1 } }]);

  const mended = await loaderOf('b2').load({ ...fresh, history: [...fresh.history, ...suspended.uncommitted] }, shard, 3, 'other-build');
  expect(mended.hasNews).toBe(false);
  mended.beginTurn({ kind: 'take-up' }, 3);
  expect(mended.uncommitted).toMatchObject([{ type: 'WorkflowResumed' }]);
  await Promise.resolve();
  mended.endTurn();
  expect(mended.isEnding).toBe(true);
});
