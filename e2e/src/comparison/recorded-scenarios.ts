import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a scenario left in the histories of its runs, a line for each event, ids and times aside. */
export interface RecordedScenario {
  readonly name: string;
  readonly lines: readonly string[];
  /** What of it is a matter of timing, and why. */
  readonly timing?: { readonly of: 'order' | 'number'; readonly because: string };
}

/** Scenarios by the system that they ran against, and their file. */
export type Recordings = ReadonlyMap<string, ReadonlyMap<string, readonly RecordedScenario[]>>;

/** @param directory of the system: that of all, and the system's name */
export function writeScenarios(directory: string, file: string, scenarios: readonly RecordedScenario[]): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${file}.json`), JSON.stringify(scenarios, null, 1));
}

export function readRecordings(directory: string): Recordings {
  return new Map(readdirSync(directory).map((system) => [system, readSystem(path.join(directory, system))]));
}

function readSystem(directory: string): ReadonlyMap<string, readonly RecordedScenario[]> {
  const read = (file: string) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as readonly RecordedScenario[];
  return new Map(readdirSync(directory).map((file) => [path.basename(file, '.json'), read(file)]));
}
