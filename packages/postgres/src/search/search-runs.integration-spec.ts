import { expect, it } from '@jest/globals';
import { openFixture, runStart, type StoreWorld } from '@marathon/conformance';
import type {
  Condition,
  Literal,
  Ordering,
  OwnField,
  RunId,
  RunStatus,
  SearchAttributes,
  SearchField,
  SearchPosition,
} from '@marathon/core';
import { InMemoryEventLog } from '@marathon/memory';
import fc from 'fast-check';
import { useTestServer } from '../../test/test-server.js';

const server = useTestServer();

interface PlannedRun {
  readonly workflow: string;
  readonly at: number;
  readonly searchAttributes: SearchAttributes;
  readonly changed: SearchAttributes | undefined;
  readonly status: RunStatus;
}

const namespace = 'default';
const day = Date.parse('2025-11-21T00:00:00Z');
const names = ['a', 'b', 'constructor'];
const text = fc.oneof(
  fc.constantFrom('', 'x', 'xy', 'X', '%', '_', '\uffee', '😀', 'order'),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const searchable = text.filter((value) => value.isWellFormed() && !value.includes('\u0000'));
const instant = fc.constantFrom('2025-11-21T00:00:00Z', '2025-11-21T01:00:00+01:00', '2025-11-21T00:00:00.001Z');
const literal: fc.Arbitrary<Literal> = fc.oneof(searchable, fc.constantFrom(-1, 0, 1, 1.5, 1e300), fc.boolean(), instant);
const attributes = fc.dictionary(fc.constantFrom(...names), fc.oneof(literal, fc.array(searchable, { maxLength: 3 })), { maxKeys: 3 });
const run: fc.Arbitrary<PlannedRun> = fc.record({
  workflow: fc.constantFrom('order', 'orders', 'Invoice'),
  at: fc.constantFrom(day, day + 1, day + 2),
  searchAttributes: attributes,
  changed: fc.option(attributes, { nil: undefined }),
  status: fc.constantFrom<RunStatus>('Pending', 'Running', 'Completed', 'Failed'),
});

const attribute = fc.constantFrom(...names, 'nobody').map((name): SearchField => ({ attribute: name }));
const own = (name: OwnField): SearchField => ({ own: name });
const instantField = fc.constantFrom(own('startedAt'), own('closedAt'));
const textField = fc.constantFrom(own('workflow'), own('taskQueue'), own('statusText'));
const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const comparison = fc.oneof(
  fc.record({ kind: fc.constant('compare'), field: attribute, operator, value: literal }),
  fc.record({ kind: fc.constant('compare'), field: instantField, operator, value: instant }),
  fc.record({ kind: fc.constant('compare'), field: textField, operator, value: searchable }),
  fc.record({
    kind: fc.constant('compare'),
    field: fc.constant(own('status')),
    operator: fc.constantFrom('=', '!='),
    value: fc.constantFrom('Pending', 'Running', 'Failed'),
  }),
  fc.record({ kind: fc.constant('in'), field: attribute, values: fc.array(literal, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('in'), field: instantField, values: fc.array(instant, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('starts-with'), field: fc.oneof(attribute, textField), text: searchable }),
  fc.record({ kind: fc.constant('contains'), field: attribute, text: searchable }),
  fc.record({ kind: fc.constant('is-null'), field: fc.oneof(attribute, instantField, textField) }),
) as fc.Arbitrary<Condition>;
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    tie('condition').map((inner): Condition => ({ kind: 'not', condition: inner })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([kind, conditions]): Condition => ({ kind, conditions })),
  ),
}));
const ordering: fc.Arbitrary<Ordering> = fc.record({
  field: fc.oneof(attribute, fc.constantFrom<OwnField>('startedAt', 'closedAt', 'workflow', 'status', 'runId').map(own)),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
});

/** Puts the planned runs into a world, under ids that are the same in every one. */
async function fill(world: StoreWorld, runs: readonly PlannedRun[], runIds: readonly RunId[]): Promise<void> {
  const { intake, shards, commit } = await openFixture(world);
  const starts = runs.map(({ workflow, at, searchAttributes }, i) => {
    const data = { workflow, workflowId: `w-${i}`, taskQueue: 'q', searchAttributes };
    return { ...runStart(shards[0]), runId: runIds[i] as RunId, started: { seq: 1, type: 'WorkflowStarted', at, data } as const };
  });
  await intake.start('test', starts);
  const advances = runs.flatMap(({ status, changed, at }, i) => {
    if (status === 'Pending') return [];
    const events = [status === 'Running' ? { type: 'TimerFired', data: { timerSeq: 1 } } : { type: 'WorkflowCompleted', data: {} }];
    const place = { runId: runIds[i] as RunId, shard: shards[0].id, expectedSeq: 1, status };
    const rest = { wakesAtMs: undefined, wakeCauses: 0, awaitedSignals: [], taken: 0, ...(changed && { searchAttributes: changed }) };
    return [{ ...place, ...rest, events: events.map((event) => ({ seq: 2, at: at + 1, ...event })) as never }];
  });
  await commit(...advances);
}

async function answers({ reader }: StoreWorld, where: Condition, orderBy: Ordering): Promise<object> {
  const pages: (readonly SearchPosition[])[] = [];
  for (let after: SearchPosition | undefined; ; ) {
    const found = await reader.search({ namespace, where, orderBy, limit: 7, ...(after && { after }) });
    const page = found.map(({ runId, sortKey }): SearchPosition => (sortKey === undefined ? { runId } : { runId, sortKey }));
    after = page.at(-1);
    if (!after) break;
    pages.push(page);
  }
  const count = await reader.count({ namespace, where, countMax: 100 });
  const { groups, isExact } = await reader.countBy({ attribute: 'a' }, { namespace, where, countMax: 1_000, groupsMax: 1_000 });
  return { pages, count, isExact, groups: new Map(groups.map(({ value, count: n }) => [JSON.stringify(value), n])) };
}

it('answers any query over any runs as the log in memory does', async () => {
  const searches = fc.array(fc.tuple(condition, ordering), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 10, maxLength: 30 }), searches, async (runs, asked) => {
      const { runStore, intake, ...ports } = new InMemoryEventLog();
      const memory = { ...ports, openRunStore: () => runStore, openRunIntake: () => intake, close: async () => {} };
      const postgres = await server().createWorld();
      try {
        const runIds = runs.map(() => runStart({ id: 1 } as never).runId);
        await fill(memory, runs, runIds);
        await fill(postgres, runs, runIds);
        for (const [where, orderBy] of asked)
          expect(await answers(postgres, where, orderBy)).toEqual(await answers(memory, where, orderBy));
      } finally {
        await postgres.close();
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
