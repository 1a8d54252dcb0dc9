import { describe, expect, it } from '@jest/globals';
import {
  type Condition,
  type GroupField,
  type Literal,
  newestFirst,
  type Ordering,
  type RunId,
  type SearchAttributes,
  type SearchField,
  type SearchPosition,
} from '@marathon/core';
import { advance, completion, continuation, namespace, newRunId, type OpenRun, startedEvent, taskQueue, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

type Started = { readonly workflow?: string; readonly at?: number; readonly searchAttributes?: SearchAttributes };

const own = (name: Extract<SearchField, { own: string }>['own']) => ({ own: name }) as const;
const named = (attribute: string) => ({ attribute }) as const;
const is = (field: SearchField, value: Literal, operator: '=' | '!=' | '<' | '<=' | '>' | '>=' = '='): Condition => ({
  kind: 'compare',
  field,
  operator,
  value,
});
const not = (condition: Condition): Condition => ({ kind: 'not', condition });
const ids = (...runs: readonly (OpenRun | undefined)[]) => runs.map((run) => run?.runId);

export function describeRunSearch(name: string, setup: StoreSetup): void {
  describe(`searching runs: ${name}`, () => {
    describe('by what they are', () => describeOwnFields(setup));
    describe('by search attributes', () => describeAttributes(setup));
    describe('in an order', () => describeOrders(setup));
    describe('to count them', () => describeCounts(setup));
    describe('search attributes', () => describeCurrent(setup));
  });
}

function useSearch(setup: StoreSetup) {
  const fixture = useFixture(setup);
  const find = async (where?: Condition, orderBy: Ordering = newestFirst): Promise<readonly RunId[]> =>
    (await fixture().world.reader.search({ namespace, orderBy, limit: 100, ...(where && { where }) })).map(({ runId }) => runId);
  const start = ({ workflow = 'order', at = Date.now(), searchAttributes }: Started = {}, workflowId: string = newRunId()) =>
    fixture().startRun({
      started: startedEvent(workflowId, {
        at,
        data: { workflow, workflowId, taskQueue, ...(searchAttributes && { searchAttributes }) },
      }),
    });
  const having = (searchAttributes?: SearchAttributes) => start(searchAttributes && { searchAttributes });
  return { fixture, find, start, having };
}

function describeOwnFields(setup: StoreSetup): void {
  const { fixture, find, start } = useSearch(setup);

  it('finds all of its namespace, newest first', async () => {
    const runs = await fixture().startRuns(3);
    await fixture().startRun({ namespace: 'other' });
    expect(await find()).toEqual(ids(...runs.toReversed()));
    const elsewhere = await fixture().world.reader.search({ namespace: 'other', orderBy: newestFirst, limit: 10 });
    expect(elsewhere).toHaveLength(1);
  });

  it('finds by status, open or closed', async () => {
    const [pending, running, completed, failed] = await fixture().startRuns(4);
    await fixture().commit(advance(running!), completion(completed!), completion(failed!, { status: 'Failed' }));

    expect(await find(is(own('status'), 'Pending'))).toEqual(ids(pending));
    expect(await find(is(own('status'), 'Running'))).toEqual(ids(running));
    expect(await find(is(own('status'), 'Completed'))).toEqual(ids(completed));
    expect(await find(is(own('status'), 'Terminated'))).toEqual([]);
    expect(await find(not(is(own('status'), 'Completed')))).toEqual(ids(failed, running, pending));
    expect(await find(is(own('status'), 'Running', '!='))).toEqual(ids(failed, completed, pending));
    expect(await find({ kind: 'in', field: own('status'), values: ['Running', 'Failed'] })).toEqual(ids(failed, running));
    expect(await find({ kind: 'is-null', field: own('closedAt') })).toEqual(ids(running, pending));
  });

  it('finds by workflow, ids and queue', async () => {
    const invoice = await start({ workflow: 'invoice' }, 'invoice-1');
    const order = await start({ workflow: 'order' }, 'order-1');
    await fixture().commit(completion(order));
    const again = await start({ workflow: 'order' }, 'order-1');

    expect(await find(is(own('workflow'), 'invoice'))).toEqual(ids(invoice));
    expect(await find(is(own('workflow'), 'invoice', '>'))).toEqual(ids(again, order));
    expect(await find(is(own('workflowId'), 'order-1'))).toEqual(ids(again, order));
    expect(await find({ kind: 'starts-with', field: own('workflowId'), text: 'order-' })).toEqual(ids(again, order));
    expect(await find({ kind: 'starts-with', field: own('workflowId'), text: '%' })).toEqual([]);
    expect(await find(is(own('runId'), invoice.runId))).toEqual(ids(invoice));
    expect(await find({ kind: 'in', field: own('runId'), values: [order.runId, again.runId] })).toEqual(ids(again, order));
    expect(await find(is(own('taskQueue'), taskQueue, '!='))).toEqual([]);
  });

  it('finds and sorts by what the code says of where it stands, runs that say nothing last', async () => {
    const [packing, silent, asking] = await fixture().startRuns(3);
    await fixture().commit(
      advance(packing!, { statusText: 'packing' }),
      advance(silent!, { statusText: '' }),
      advance(asking!, { statusText: 'asking' }),
    );
    const field = own('statusText');
    expect(await find(is(field, 'packing'))).toEqual(ids(packing));
    expect(await find(not({ kind: 'starts-with', field, text: 'a' }))).toEqual(ids(silent, packing));
    expect(await find({ kind: 'is-null', field })).toEqual(ids(silent));
    expect(await find(undefined, { field, direction: 'asc' })).toEqual(ids(asking, packing, silent));
    expect(await find(undefined, { field, direction: 'desc' })).toEqual(ids(packing, asking, silent));
  });

  it('finds by the instants of start and end, in whatever zone they are given', async () => {
    const first = await start({ at: Date.parse('2025-01-01T08:00:00Z') });
    const second = await start({ at: Date.parse('2025-01-01T09:00:00.001Z') });
    await fixture().commit(
      completion(first, { events: [{ seq: 2, type: 'WorkflowCompleted', at: Date.parse('2025-01-02T00:00:00Z'), data: {} }] }),
    );

    expect(await find(is(own('startedAt'), '2025-01-01T10:00:00.001+01:00', '>='))).toEqual(ids(second));
    expect(await find(is(own('startedAt'), '2025-01-01T08:00Z'))).toEqual(ids(first));
    expect(await find(is(own('closedAt'), '2025-01-03T00:00:00Z', '<'))).toEqual(ids(first));
    expect(await find(not(is(own('closedAt'), '2025-01-03T00:00:00Z', '<')))).toEqual(ids(second));
  });
}

function describeAttributes(setup: StoreSetup): void {
  const { find, having } = useSearch(setup);

  it('compares values with literals of their type alone', async () => {
    const small = await having({ amount: -1.5 });
    const large = await having({ amount: 1e21 });
    const text = await having({ amount: '100' });
    const flag = await having({ amount: true });
    const none = await having();

    expect(await find(is(named('amount'), 0, '<'))).toEqual(ids(small));
    expect(await find(is(named('amount'), 0, '>'))).toEqual(ids(large));
    expect(await find(is(named('amount'), '1', '>='))).toEqual(ids(text));
    expect(await find(is(named('amount'), true))).toEqual(ids(flag));
    expect(await find(is(named('amount'), 5, '!='))).toEqual(ids(large, small));
    expect(await find(not(is(named('amount'), -1.5)))).toEqual(ids(none, flag, text, large));
    expect(await find({ kind: 'in', field: named('amount'), values: [-1.5, '100', false] })).toEqual(ids(text, small));
    expect(await find({ kind: 'is-null', field: named('amount') })).toEqual(ids(none));
    expect(await find({ kind: 'is-null', field: named('Amount') })).toHaveLength(5);
  });

  it('compares instants as instants, and texts by their code points', async () => {
    const due = await having({ x: '2025-11-21T10:00:00+02:00' });
    const word = await having({ x: '2025-11-21' });
    const beyond = await having({ x: '😀' });
    const high = await having({ x: '\uffee' });

    expect(await find(is(named('x'), '2025-11-21T08:00:00Z'))).toEqual(ids(due));
    expect(await find(is(named('x'), '2025-11-21T09:00:00+02:00', '>'))).toEqual(ids(due));
    expect(await find({ kind: 'starts-with', field: named('x'), text: '2025' })).toEqual(ids(word));
    expect(await find(is(named('x'), '\uffee', '>'))).toEqual(ids(beyond));
    expect(await find({ kind: 'starts-with', field: named('x'), text: '' })).toEqual(ids(high, beyond, word));
  });

  it('finds lists by their elements', async () => {
    const both = await having({ tags: ['new', 'large', 'new'] });
    const empty = await having({ tags: [] });
    await having({ tags: 'new' });

    expect(await find({ kind: 'contains', field: named('tags'), text: 'new' })).toEqual(ids(both));
    expect(await find(is(named('tags'), 'new', '!='))).toEqual([]);
    expect(await find(not({ kind: 'is-null', field: named('tags') }))).toHaveLength(3);
    expect(
      await find({
        kind: 'and',
        conditions: [
          not({ kind: 'is-null', field: named('tags') }),
          not({ kind: 'contains', field: named('tags'), text: 'new' }),
          not(is(named('tags'), 'new')),
        ],
      }),
    ).toEqual(ids(empty));
  });

  it('takes what stands in values and names for nothing else', async () => {
    const hostile = `'; drop table workflow_runs; --"%_\\ $1`;
    const run = await having({ constructor: hostile, __proto: 1, a: 'x'.repeat(2_048) });
    expect(await find(is(named('constructor'), hostile))).toEqual(ids(run));
    expect(await find(is(named('a'), 'x'.repeat(2_048)))).toEqual(ids(run));
    expect(await find({ kind: 'is-null', field: named('toString') })).toEqual(ids(run));
  });

  it('joins conditions', async () => {
    const [a, b, c] = [await having({ n: 1, s: 'x' }), await having({ n: 2, s: 'x' }), await having({ n: 2 })];
    const [n, s] = [is(named('n'), 2), is(named('s'), 'x')];
    expect(await find({ kind: 'and', conditions: [n, s] })).toEqual(ids(b));
    expect(await find({ kind: 'or', conditions: [n, s] })).toEqual(ids(c, b, a));
    expect(await find({ kind: 'and', conditions: [n, not(s)] })).toEqual(ids(c));
    expect(await find(not({ kind: 'or', conditions: [n, s] }))).toEqual([]);
  });
}

function describeOrders(setup: StoreSetup): void {
  const { fixture, find, start, having } = useSearch(setup);

  async function pages(orderBy: Ordering, limit: number): Promise<readonly (readonly RunId[])[]> {
    const read: RunId[][] = [];
    for (let after: SearchPosition | undefined; ; ) {
      const page = await fixture().world.reader.search({ namespace, orderBy, limit, ...(after && { after }) });
      const last = page.at(-1);
      if (!last) return read;
      read.push(page.map(({ runId }) => runId));
      after = 'sortKey' in last && last.sortKey !== undefined ? { runId: last.runId, sortKey: last.sortKey } : { runId: last.runId };
    }
  }

  it('goes on, page by page, where it ended', async () => {
    const runs = await fixture().startRuns(7);
    expect((await pages(newestFirst, 3)).map(({ length }) => length)).toEqual([3, 3, 1]);
    expect((await pages(newestFirst, 3)).flat()).toEqual(ids(...runs.toReversed()));
    expect((await pages({ ...newestFirst, direction: 'asc' }, 2)).flat()).toEqual(ids(...runs));
  });

  it('sorts values of all types, those without one last, and never a run twice', async () => {
    const values = [5, undefined, true, 'b', -7, '2025-01-01T00:00:00Z', 'a', ['z'], 5, false, undefined];
    const runs: OpenRun[] = [];
    for (const value of values) runs.push(await having(value === undefined ? undefined : { v: value }));
    const at = (...places: readonly number[]) => ids(...places.map((place) => runs[place]));
    for (const limit of [1, 2, 3, 20]) {
      expect((await pages({ field: named('v'), direction: 'asc' }, limit)).flat()).toEqual(at(9, 2, 4, 0, 8, 6, 3, 5, 1, 7, 10));
      expect((await pages({ field: named('v'), direction: 'desc' }, limit)).flat()).toEqual(at(5, 3, 6, 8, 0, 4, 2, 9, 10, 7, 1));
    }
  });

  it('sorts by the fields of a run', async () => {
    const closing = (at: number) => ({ events: [{ seq: 2, type: 'WorkflowCompleted', at, data: {} }] as const });
    const [b, a, open] = [await start({ workflow: 'b' }, '1'), await start({ workflow: 'a' }, '3'), await start({ workflow: 'a' }, '2')];
    await fixture().commit(completion(b, closing(2_000)));
    await fixture().commit(completion(a, closing(1_000)));
    for (const limit of [1, 2, 5]) {
      const order = async (field: Extract<SearchField, { own: string }>['own'], direction: 'asc' | 'desc') =>
        (await pages({ field: own(field), direction }, limit)).flat();
      expect(await order('closedAt', 'asc')).toEqual(ids(a, b, open));
      expect(await order('closedAt', 'desc')).toEqual(ids(b, a, open));
      expect(await order('workflow', 'asc')).toEqual(ids(a, open, b));
      expect(await order('workflowId', 'desc')).toEqual(ids(a, open, b));
      expect(await order('status', 'asc')).toEqual(ids(open, b, a));
      expect(await order('runId', 'asc')).toEqual(ids(b, a, open));
    }
  });

  it('sorts what is left by a condition', async () => {
    const [, two, three] = [await having({ v: 1 }), await having({ v: 2 }), await having({ v: 3 })];
    expect(await find(is(named('v'), 1, '>'), { field: named('v'), direction: 'asc' })).toEqual(ids(two, three));
  });
}

function describeCounts(setup: StoreSetup): void {
  const { fixture, start, having } = useSearch(setup);
  const count = (where?: Condition, countMax = 100) => fixture().world.reader.count({ namespace, countMax, ...(where && { where }) });
  const groups = async (
    field: GroupField,
    { where, countMax = 100, groupsMax = 10 }: { where?: Condition; countMax?: number; groupsMax?: number } = {},
  ) => {
    const counted = await fixture().world.reader.countBy(field, { namespace, countMax, groupsMax, ...(where && { where }) });
    return { ...counted, groups: new Map(counted.groups.map((group) => [group.value, group.count])) };
  };

  it('counts, and says when there are more', async () => {
    await fixture().startRuns(3);
    const [done] = await fixture().startRuns(1);
    await fixture().commit(completion(done!));
    expect(await count()).toEqual({ count: 4, isExact: true });
    expect(await count(is(own('status'), 'Completed'))).toEqual({ count: 1, isExact: true });
    expect(await count(undefined, 4)).toEqual({ count: 4, isExact: true });
    expect(await count(undefined, 3)).toEqual({ count: 3, isExact: false });
    expect(await fixture().world.reader.count({ namespace: 'other', countMax: 1 })).toEqual({ count: 0, isExact: true });
  });

  it('counts by status, workflow and queue', async () => {
    const done = await start({ workflow: 'invoice' });
    await fixture().commit(completion(done));
    await fixture().startRuns(2);
    expect(await groups({ own: 'status' })).toEqual({
      groups: new Map([
        ['Pending', 2],
        ['Completed', 1],
      ]),
      isExact: true,
    });
    expect(await groups({ own: 'workflow' })).toEqual({
      groups: new Map([
        ['order', 2],
        ['invoice', 1],
      ]),
      isExact: true,
    });
    expect((await groups({ own: 'taskQueue' }, { where: is(own('workflow'), 'order') })).groups).toEqual(new Map([[taskQueue, 2]]));
  });

  it('counts by a search attribute: values of any type, elements of lists, and runs without', async () => {
    const values = ['eu', 'eu', 7, true, ['eu', 'us'], [], '2025-11-21T10:00:00+02:00', undefined];
    for (const value of values) await having(value === undefined ? undefined : { x: value });
    const expected = new Map<Literal | null, number>([
      ['eu', 3],
      [null, 2],
      ['us', 1],
      [7, 1],
      [true, 1],
      ['2025-11-21T08:00:00.000Z', 1],
    ]);
    expect(await groups(named('x'))).toEqual({ groups: expected, isExact: true });
    expect(await groups(named('x'), { groupsMax: 2 })).toMatchObject({ isExact: false });
    expect((await groups(named('x'), { groupsMax: 2 })).groups.size).toBe(2);
    expect(await groups(named('x'), { countMax: 5 })).toMatchObject({ isExact: false });
  });
}

function describeCurrent(setup: StoreSetup): void {
  const { fixture, find, having } = useSearch(setup);
  const read = async (...runs: readonly OpenRun[]) => {
    const attributes = await fixture().world.reader.readSearchAttributes(runs.map(({ runId }) => runId));
    return runs.map(({ runId }) => attributes.get(runId));
  };

  it('are read back as they were set', async () => {
    const attributes = { a: '2025-11-21T10:00:00+02:00', b: [], c: ['x', 'x', ''], d: -1.5e-7, e: false, f: '"\\😀' };
    const [some, none] = [await having(attributes), await having()];
    expect(await read(some, none)).toEqual([attributes, undefined]);
    expect(await fixture().world.reader.readSearchAttributes([newRunId()])).toEqual(new Map());
  });

  it('change with a commit, as a whole, and not with a commit that leaves them out', async () => {
    const [run, other] = [await having({ a: 1, b: 'x', tags: ['p', 'q'] }), await having({ a: 1 })];
    await fixture().commit(advance(run, { searchAttributes: { a: 2, tags: ['q', 'r'], c: true } }), advance(other));
    expect(await read(run, other)).toEqual([{ a: 2, tags: ['q', 'r'], c: true }, { a: 1 }]);
    expect(await find(is(named('a'), 1))).toEqual(ids(other));
    expect(await find({ kind: 'contains', field: named('tags'), text: 'p' })).toEqual([]);
    expect(await find({ kind: 'contains', field: named('tags'), text: 'q' })).toEqual(ids(run));

    await fixture().commit(completion(run, { expectedSeq: 2, searchAttributes: {} }), completion(other, { expectedSeq: 2 }));
    expect(await read(run, other)).toEqual([undefined, { a: 1 }]);
  });

  it('do not change when the run is refused', async () => {
    const [run, other] = [await having({ a: 1 }), await having({ a: 1 })];
    await fixture().commit(advance(run, { expectedSeq: 7, searchAttributes: { a: 2 } }), advance(other, { searchAttributes: { a: 3 } }));
    expect(await read(run, other)).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('are those of its start for a successor, and of a refused start nobody has them', async () => {
    const run = await having({ a: 1 });
    const step = continuation(run);
    const started = { ...step.successor.started, data: { ...step.successor.started.data, searchAttributes: { a: 2 } } };
    await fixture().commit({ ...step, searchAttributes: { a: 2 }, successor: { ...step.successor, started } });
    const { intake } = fixture();
    const data = { workflow: 'order', workflowId: run.workflowId, taskQueue, searchAttributes: { a: 9 } };
    const refused = {
      namespace,
      runId: newRunId(),
      shard: run.shard.id,
      started: startedEvent(run.workflowId, { data }),
      wakesAtMs: undefined,
    };
    expect((await intake.start('source', [refused])).outcomes).toMatchObject([{ outcome: 'open' }]);
    expect(await find(is(named('a'), 2))).toEqual([step.successor.runId, run.runId]);
    expect(await find(is(named('a'), 9))).toEqual([]);
    expect(await read({ ...run, runId: refused.runId })).toEqual([undefined]);
  });
}
