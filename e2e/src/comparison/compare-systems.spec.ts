import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from '../history-checks.js';
import { compareSystems } from './compare-systems.js';
import { linesOf } from './lines-of.js';
import type { RecordedScenario, Recordings } from './recorded-scenarios.js';

const at = '2026-01-01T00:00:00.000Z';

function scenario(events: readonly (readonly [string, object?])[], timing?: RecordedScenario['timing']): RecordedScenario {
  const history = events.map(([type, data = {}], i): HistoryEntry => ({ seq: i + 1, type, at, data: { ...data } }));
  const runId = crypto.randomUUID();
  const lines = linesOf([{ workflowId: `order-${runId}`, runId, histories: [history], children: [] }]);
  return { name: 'an order is shipped', lines, ...(timing && { timing }) };
}

type Recorded = Readonly<Record<string, RecordedScenario>>;

/** @param tries by system, in the order in which they were made */
const compareTries = (...tries: readonly Recorded[]) =>
  compareSystems(
    tries.map(
      (recorded): Recordings => new Map(Object.entries(recorded).map(([system, found]) => [system, new Map([['orders', [found]]])])),
    ),
  );
const compare = (one: RecordedScenario, other: RecordedScenario) => compareTries({ memory: one, cluster: other });

const started = (more: object = {}) => ['WorkflowStarted', { workflowId: `order-${crypto.randomUUID()}`, ...more }] as const;
const completed = (activitySeq: number) => ['ActivityCompleted', { activitySeq, attempt: 1, result: 'done' }] as const;
const ended = ['WorkflowCompleted', { result: 1 }] as const;

describe('the histories of a scenario in two systems', () => {
  it('are the same but for ids, times, and who did it', () => {
    const history = (worker: string, at: string, chance: number) =>
      scenario([started({ due: at, chance }), ['Told', { worker, build: crypto.randomUUID() }], ended]);
    const { summary, differences } = compare(
      history('a', at, 0.123456789012345),
      history('b', new Date().toISOString(), 0.567890123456789),
    );
    expect(differences).toEqual([]);
    expect(summary).toContain('1 of 1 scenarios ran against each of memory, cluster; none left another history');
  });

  it('are the same whether a worker announced its attempt or not', () => {
    const announced = ['ActivityStarted', { activitySeq: 2, attempt: 1, worker: 'a' }] as const;
    const scheduled = ['ActivityScheduled', {}] as const;
    const [told, untold] = [
      [started(), scheduled, announced, completed(2), scheduled, completed(5)],
      [started(), scheduled, completed(2), scheduled, completed(4)],
    ];
    expect(compare(scenario(told), scenario(untold)).differences).toEqual([]);
  });

  it('differ by a result and by an event that is missing, and what differs is shown', () => {
    const events = [started(), completed(2), completed(3), ended];
    for (const other of [[started(), completed(2), completed(3), ['WorkflowCompleted', { result: 2 }] as const], events.slice(0, 3)])
      expect(compare(scenario(events), scenario(other)).differences).toHaveLength(1);
    const [difference] = compare(scenario(events), scenario(events.slice(0, 3))).differences;
    expect(difference).toContain(
      'orders: an order is shipped\n  memory, from line 5 of 5:\n      WorkflowCompleted {"result":1}\n  cluster, from line 5 of 4:',
    );
  });

  it('tell which of two ids stands where', () => {
    const [a, b] = [crypto.randomUUID(), crypto.randomUUID()];
    const told = (...ids: readonly string[]) => scenario(ids.map((id) => ['Told', { id }] as const));
    expect(compare(told(a, b, a), told(b, a, b)).differences).toEqual([]);
    expect(compare(told(a, b, a), told(a, b, b)).otherOrders).toHaveLength(1);
  });

  it('may fall in any order where the scenario says so, and differ by what is in them', () => {
    const timing = { of: 'order', because: 'they run beside each other' } as const;
    const [one, other] = [
      [started(), completed(2), completed(3)],
      [started(), completed(3), completed(2)],
    ];
    expect(compare(scenario(one, timing), scenario(other, timing)).differences).toEqual([]);
    expect(compare(scenario(one, timing), scenario(one.slice(0, 2), timing)).differences).toHaveLength(1);
  });

  it('may have any events where the scenario says so, and differ by their outcome', () => {
    const timing = { of: 'number', because: 'they race with the end' } as const;
    const short = scenario([started(), ended], timing);
    expect(compare(short, scenario([started(), completed(2), ended], timing)).differences).toEqual([]);
    expect(compare(short, scenario([started(), ['WorkflowFailed', {}]], timing)).differences).toHaveLength(1);
  });
});

describe('the histories of a scenario that came in another order', () => {
  const inOrder = (...activitySeqs: readonly number[]) => scenario([started(), ...activitySeqs.map(completed), ended]);

  it('are named, so that the scenario is tried again in the systems that differ by it', () => {
    const memory = inOrder(2, 3);
    const { summary, differences, otherOrders } = compareTries({ memory, embedded: memory, cluster: inOrder(3, 2) });
    expect(differences).toEqual([]);
    expect(otherOrders).toEqual([
      {
        file: 'orders',
        name: 'an order is shipped',
        systems: ['memory', 'cluster'],
        shown: expect.stringContaining('memory, from line 3 of 5'),
      },
    ]);
    expect(summary).toContain('1 left another history');
  });

  it('are the same once the systems have an order in common, in whichever tries', () => {
    const { summary, differences, otherOrders } = compareTries(
      { memory: inOrder(2, 3, 4), cluster: inOrder(3, 2, 4) },
      { memory: inOrder(2, 4, 3), cluster: inOrder(4, 2, 3) },
      { memory: inOrder(3, 4, 2), cluster: inOrder(2, 3, 4) },
    );
    expect([differences, otherOrders]).toEqual([[], []]);
    expect(summary).toContain('none left another history');
  });

  it('differ while no order is common to the two, although each has several', () => {
    const tries = [
      { memory: inOrder(2, 3, 4), cluster: inOrder(3, 2, 4) },
      { memory: inOrder(2, 4, 3), cluster: inOrder(3, 4, 2) },
    ];
    expect(compareTries(...tries).otherOrders).toHaveLength(1);
    expect(compareTries(...tries, ...tries).otherOrders).toHaveLength(1);
  });

  it('differ where a system left nothing when it was tried again', () => {
    expect(compareTries({ memory: inOrder(2, 3), cluster: inOrder(3, 2) }, { memory: inOrder(2, 3) }).otherOrders).toHaveLength(1);
  });

  it('differ by their events as soon as one try has others, whatever their orders', () => {
    const memory = inOrder(2, 3);
    const { differences, otherOrders } = compareTries(
      { memory, cluster: inOrder(3, 2) },
      { memory, cluster: inOrder(2) },
      { memory, cluster: memory },
    );
    expect(otherOrders).toEqual([]);
    expect(differences).toEqual([expect.stringContaining('cluster, from line')]);
  });
});
