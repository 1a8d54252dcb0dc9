// `npm test`: types, then lint with the import arrows, then the jest suites, then what the scenarios left behind in each system against what
// they left in the others, then the time of each suite and one line with the sum. A failed check counts as one failure. Scenarios whose events
// came in another order run again, for timing may decide that: the systems must have an order in common.
// With arguments it is jest alone, and that comparison: `npm test -- --project unit packages/core`; `--project` may be repeated, the rest goes
// to jest.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildArgv, runCLI } from 'jest';

const suitesOnKafka = ['kafka', 'cluster'];
/** Of a scenario whose events came in another order in two systems. Where two orders are equally likely, one in 512 finds none in common. */
const triesMax = 5;
const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const failedChecks = args.length > 0 ? [] : ['types', 'lint'].filter((check) => !passes(check));
const histories = mkdtempSync(join(tmpdir(), 'marathon-histories-'));
const { results, directory } = await record(args);
failedChecks.push(...(await failedOfHistories()));

printTimes();
if (failedChecks.length > 0) console.log(`failed: ${failedChecks.join(', ')}`);
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks.length;
console.log(`${results.numPassedTests} passed, ${failed} failed`);
process.exit(failed > 0 || !results.success ? 1 : 0);

function passes(check) {
  console.log(`npm run ${check}`);
  return spawnSync('npm', ['run', '--silent', check], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Runs jest; what scenarios leave in each system goes to a folder of its own. */
async function record(given) {
  const directory = mkdtempSync(join(histories, 'try-'));
  process.env.E2E_HISTORIES = directory;
  return { results: (await runCLI(await buildArgv(toJest(given)), [root])).results, directory };
}

/** What was compared stays where it is when it differs. */
async function failedOfHistories() {
  // It is built by now: what runs this has done that.
  const { compareSystems, readRecordings } = await import('../e2e/dist/comparison/index.js');
  const tries = [readRecordings(directory)];
  let compared = compareSystems(tries);
  let allPassed = true;
  while (compared.otherOrders.length > 0 && tries.length < triesMax) {
    for (const { shown } of compared.otherOrders) console.log(`another order, so it is tried again: ${shown}\n`);
    const again = await record(toTryAgain(compared.otherOrders));
    allPassed &&= again.results.success;
    tries.push(readRecordings(again.directory));
    compared = compareSystems(tries);
  }
  const { summary, differences, otherOrders } = compared;
  for (const { shown } of otherOrders) console.log(`no order in common in ${triesMax} tries: ${shown}\n`);
  for (const difference of differences) console.log(`another history: ${difference}\n`);
  const areSame = differences.length === 0 && otherOrders.length === 0;
  if (areSame) rmSync(histories, { recursive: true });
  else console.log(`the histories are in ${histories}`);
  if (summary) console.log(summary);
  return [...(areSame ? [] : ['the same histories in every system']), ...(allPassed ? [] : ['the scenarios that were tried again'])];
}

/** These scenarios, in the systems that differ. */
function toTryAgain(otherOrders) {
  const oneOf = (values) => `(${[...new Set(values)].map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`;
  const systems = new Set(otherOrders.flatMap(({ systems }) => systems));
  return [
    `--testPathPatterns=/${oneOf(otherOrders.map(({ file }) => file))}\\.e2e-spec\\.ts$`,
    `--testNamePattern=^${oneOf(otherOrders.map(({ name }) => name))}$`,
    ...[...systems].flatMap((system) => ['--project', system]),
  ];
}

/** Of the files of each suite; those of one suite may run beside each other. */
function printTimes() {
  const bySuite = Map.groupBy(results.testResults, ({ displayName }) => displayName?.name ?? 'jest');
  for (const [suite, files] of bySuite) {
    const tests = files.reduce((sum, { numPassingTests }) => sum + numPassingTests, 0);
    const times = files.map(({ perfStats }) => perfStats);
    const seconds = (Math.max(...times.map(({ end }) => end)) - Math.min(...times.map(({ start }) => start))) / 1_000;
    console.log(`${suite.padEnd(24)} ${String(tests).padStart(5)} passed in ${Math.round(seconds)} s`);
  }
}

/** jest reads all that follows `--selectProjects` or `--ignoreProjects` as names: they go last. */
function toJest(given) {
  const isName = (index) => given[index - 1] === '--project';
  const names = given.filter((_, index) => isName(index));
  const rest = given.filter((arg, index) => arg !== '--project' && !isName(index));
  if (names.length > 0) return [...rest, '--selectProjects', ...names];
  if (process.env.CI || mayHaveKafka(process.env)) return rest;
  console.log(`left out: ${suitesOnKafka.join(', ')}; they need Java 17+ and Maven, or a Kafka that KAFKA_BROKERS names`);
  return [...rest, '--ignoreProjects', ...suitesOnKafka];
}

/** In CI a Kafka that is missing is a failure: the suite is not left out. */
function mayHaveKafka(environment) {
  const runs = (command, arg) => spawnSync(command, [arg], { stdio: 'ignore' }).status === 0;
  return Boolean(environment.KAFKA_BROKERS) || (runs('java', '-version') && runs('mvn', '--version'));
}
