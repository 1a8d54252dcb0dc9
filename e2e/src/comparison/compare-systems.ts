import type { RecordedScenario, Recordings } from './recorded-scenarios.js';

export interface Comparison {
  /** What was compared, in a line; empty when the scenarios ran against less than two systems. */
  readonly summary: string;
  /** Of each scenario that left other events in one system than in the first, what and where. */
  readonly differences: readonly string[];
  /** Of each that left the same events, but in no order that both have in common: more tries tell whether timing decided that. */
  readonly otherOrders: readonly OtherOrder[];
}

export interface OtherOrder {
  readonly file: string;
  readonly name: string;
  readonly systems: readonly [string, string];
  readonly shown: string;
}

/** What a system was left with, by file and name. */
type Scenarios = ReadonlyMap<string, RecordedScenario & { readonly file: string }>;
type Pair = readonly [RecordedScenario, RecordedScenario];

const shownMax = 6;
/** The beginning of a run, and its end. */
const isFrame = /^ *(run$|Workflow(Started|Completed|Failed|Canceled|TimedOut|Terminated|ContinuedAsNew) )/;

/**
 * Holds what scenarios left in one system against what they left in the others, where they ran against both.
 *
 * @param tries the whole suite; then, each time, what of it ran again because of `otherOrders`: an order from any try counts
 */
export function compareSystems(tries: readonly Recordings[]): Comparison {
  const tried = tries.map((recordings) => new Map([...recordings].map(([system, files]) => [system, byName(files)])));
  const [whole = new Map<string, Scenarios>()] = tried;
  const [first, ...others] = whole.keys();
  if (!first || others.length === 0) return { summary: '', differences: [], otherOrders: [] };
  const left = (system: string, key: string) => tried.flatMap((systems) => systems.get(system)?.get(key) ?? []);
  const differences: string[] = [];
  const otherOrders: OtherOrder[] = [];
  for (const other of others)
    for (const [key, { file, name }] of whole.get(other) ?? []) {
      const parting = partingOf(left(first, key).flatMap((one) => left(other, key).map((its): Pair => [one, its])));
      if (!parting) continue;
      const shown = describe(key, [first, other], parting.pair);
      if (parting.of === 'events') differences.push(shown);
      else otherOrders.push({ file, name, systems: [first, other], shown });
    }
  return { summary: summaryOf(whole, differences.length + otherOrders.length), differences, otherOrders };
}

/** Of two systems whose tries make these pairs: they part by the events if any pair does, and by their order if every pair does. */
function partingOf(pairs: readonly Pair[]): { readonly of: 'events' | 'order'; readonly pair: Pair } | undefined {
  const events = pairs.find(([one, other]) => differ(inAnyOrder(one), inAnyOrder(other)));
  if (events) return { of: 'events', pair: events };
  const [pair] = pairs;
  return pair && pairs.every(([one, other]) => differ(one, other)) ? { of: 'order', pair } : undefined;
}

const inAnyOrder = (scenario: RecordedScenario): RecordedScenario =>
  scenario.timing ? scenario : { ...scenario, timing: { of: 'order', because: '' } };

function byName(files: ReadonlyMap<string, readonly RecordedScenario[]>): Scenarios {
  const named = [...files].flatMap(([file, scenarios]) => scenarios.map((scenario) => ({ ...scenario, file })));
  return new Map(named.map((scenario) => [`${scenario.file}: ${scenario.name}`, scenario]));
}

function summaryOf(systems: ReadonlyMap<string, Scenarios>, differences: number): string {
  const all = new Map([...systems.values()].flatMap((scenarios) => [...scenarios]));
  const everywhere = [...all.keys()].filter((name) => [...systems.values()].every((scenarios) => scenarios.has(name)));
  const count = (of: string) => [...all.values()].filter(({ timing }) => timing?.of === of).length;
  const names = [...systems.keys()].join(', ');
  return (
    `${everywhere.length} of ${all.size} scenarios ran against each of ${names}; ${differences || 'none'} left another history. ` +
    `Timing decides the order of events in ${count('order')}, and in ${count('number')} which there are: of these the outcomes were compared.`
  );
}

function differ(one: RecordedScenario, other: RecordedScenario): boolean {
  return comparable(one).join('\n') !== comparable(other).join('\n');
}

function comparable({ lines, timing }: RecordedScenario): readonly string[] {
  if (timing?.of === 'number') return lines.filter((line) => isFrame.test(line)).map((line) => line.replace(/ \{.*/, ''));
  if (timing?.of === 'order') return lines.map(withoutPlaces).sort();
  return lines;
}

/** Ids are numbered as they come, and so are requests. */
const withoutPlaces = (line: string): string => line.replace(/<id \d+>/g, '<id>').replace(/(Seq|"n)":\d+/g, '$1":"…"');

/** The two from where they part. */
function describe(name: string, systems: readonly string[], pair: Pair): string {
  const [left = [], right = []] = pair.map(comparable);
  const from = left.findIndex((line, i) => line !== right[i]);
  const start = from === -1 ? left.length : from;
  const shown = [left, right].flatMap((lines, i) => [
    `  ${systems[i]}, from line ${start + 1} of ${lines.length}:`,
    ...lines.slice(start, start + shownMax).map((line) => `    ${line}`),
  ]);
  return [name, ...shown].join('\n');
}
