import type { RecordedScenario, Recordings } from './recorded-scenarios.js';

export interface Comparison {
  /** What was compared, in a line; empty when the scenarios ran against less than two systems. */
  readonly summary: string;
  /** Of each scenario that left another history in one system than in the first, what and where. */
  readonly differences: readonly string[];
  /** The same of those whose events came in another order only: to be looked at, for timing may have decided it and nobody foreseen that. */
  readonly otherOrders: readonly string[];
}

/** What a system was left with, by file and name. */
type Scenarios = ReadonlyMap<string, RecordedScenario>;

const shownMax = 6;
/** The beginning of a run, and its end. */
const isFrame = /^ *(run$|Workflow(Started|Completed|Failed|Canceled|TimedOut|Terminated|ContinuedAsNew) )/;

/** Holds what scenarios left in one system against what they left in the others, where they ran against both. */
export function compareSystems(recordings: Recordings): Comparison {
  const systems = [...recordings].map(([system, files]) => ({ system, scenarios: byName(files) }));
  const [first, ...others] = systems;
  if (!first || others.length === 0) return { summary: '', differences: [], otherOrders: [] };
  const partings = others.flatMap(({ system, scenarios }) =>
    [...scenarios].flatMap(([name, scenario]) => {
      const expected = first.scenarios.get(name);
      if (!expected || !differ(expected, scenario)) return [];
      const isOrder = !differ(inAnyOrder(expected), inAnyOrder(scenario));
      return [{ isOrder, shown: describe(name, { [first.system]: expected, [system]: scenario }) }];
    }),
  );
  const [otherOrders = [], differences = []] = [true, false].map((of) =>
    partings.filter(({ isOrder }) => isOrder === of).map(({ shown }) => shown),
  );
  return { summary: summaryOf(systems, differences.length), differences, otherOrders };
}

const inAnyOrder = (scenario: RecordedScenario): RecordedScenario =>
  scenario.timing ? scenario : { ...scenario, timing: { of: 'order', because: '' } };

function byName(files: ReadonlyMap<string, readonly RecordedScenario[]>): Scenarios {
  return new Map([...files].flatMap(([file, scenarios]) => scenarios.map((scenario) => [`${file}: ${scenario.name}`, scenario] as const)));
}

function summaryOf(systems: readonly { readonly system: string; readonly scenarios: Scenarios }[], differences: number): string {
  const all = new Map(systems.flatMap(({ scenarios }) => [...scenarios]));
  const everywhere = [...all.keys()].filter((name) => systems.every(({ scenarios }) => scenarios.has(name)));
  const count = (of: string) => [...all.values()].filter(({ timing }) => timing?.of === of).length;
  const names = systems.map(({ system }) => system).join(', ');
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
function describe(name: string, bySystem: Readonly<Record<string, RecordedScenario>>): string {
  const [left = [], right = []] = Object.values(bySystem).map(comparable);
  const from = left.findIndex((line, i) => line !== right[i]);
  const shown = Object.entries(bySystem).flatMap(([system, scenario]) => {
    const lines = comparable(scenario);
    const start = from === -1 ? left.length : from;
    return [
      `  ${system}, from line ${start + 1} of ${lines.length}:`,
      ...lines.slice(start, start + shownMax).map((line) => `    ${line}`),
    ];
  });
  return [name, ...shown].join('\n');
}
