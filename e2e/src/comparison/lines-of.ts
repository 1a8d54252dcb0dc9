import { createHash } from 'node:crypto';
import type { HistoryEntry } from '../history-checks.js';
import type { RunFamily } from './run-family.js';

/** What is recorded, or not, by how long something took, in every run that has activities. */
const matterOfTiming: Readonly<Record<string, string>> = {
  ActivityStarted: 'only attempts that outlive a short time are announced',
  ActivityDeferred: 'whoever has the token may be faster than the worker that handed it out',
};
const lineCharsMax = 500;

/** The histories of what a scenario started, a line for each event, and what differs from one time to the next taken out. */
export function linesOf(families: readonly RunFamily[]): readonly string[] {
  const names = new Names();
  const lines = (family: RunFamily, indent: string): readonly string[] => [
    ...family.histories.flatMap((history) => [
      `${indent}run`,
      ...withoutTiming(history).map(({ type, data }) => `${indent}  ${cut(names.standIn(`${type} ${JSON.stringify(data)}`))}`),
    ]),
    ...family.children.flatMap((child) => lines(child, `${indent}    `)),
  ];
  return families.flatMap((family) => lines(family, ''));
}

/** What is left counts anew: where an event is named by its number, the numbers of those that were left out are no difference. */
function withoutTiming(history: readonly HistoryEntry[]): readonly Pick<HistoryEntry, 'type' | 'data'>[] {
  const left = history.filter(({ type }) => !Object.hasOwn(matterOfTiming, type));
  const places = new Map<unknown, number>(left.map(({ seq }, i) => [seq, i + 1]));
  const placed = ([name, value]: [string, unknown]) => [name, name.endsWith('Seq') ? (places.get(value) ?? value) : value];
  return left.map(({ type, data }) => ({ type, data: Object.fromEntries(Object.entries(data).map(placed)) }));
}

/** Puts a number in the place of each id, the same for the same one; numbers them in the order in which they are met. */
class Names {
  readonly #ids = new Map<string, string>();

  standIn(text: string): string {
    return text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => this.#numberOf(id))
      .replace(/http:\/\/[\w.]+:\d+/g, '<url>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/\b1[6-9]\d{11}\b/g, '<time>')
      .replace(/\b0\.\d{12,}\b/g, '<chance>')
      .replace(/"(worker|build)":"[^"]*"/g, '"$1":"…"')
      .replace(/"(digest)":"[^"]*"/g, '"$1":"…"') // of inputs, ids and all
      .replace(/\b(signature=)[\w.-]+/g, '$1…')
      .replace(/"partition":\d+/g, '"partition":"…"')
      .replace(/(it knows: )[\w.,… -]+/, '$1…'); // what the worker of that system has besides the fixtures
  }

  #numberOf(id: string): string {
    const known = this.#ids.get(id) ?? `<id ${this.#ids.size + 1}>`;
    this.#ids.set(id, known);
    return known;
  }
}

function cut(line: string): string {
  if (line.length <= lineCharsMax) return line;
  return `${line.slice(0, lineCharsMax)}… ${line.length} characters, ${createHash('sha256').update(line).digest('hex').slice(0, 16)}`;
}
