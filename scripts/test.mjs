// `npm test`: types, then lint with the import arrows, then the jest suites, then what the scenarios left behind in each system against what
// they left in the others, then the time of each suite and one line with the sum. A failed check counts as one failure.
// With arguments it is jest alone, and that comparison: `npm test -- --project unit packages/core`; `--project` may be repeated, the rest goes
// to jest.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildArgv, runCLI } from 'jest';

const suitesOnKafka = ['kafka', 'cluster'];
const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const failedChecks = args.length > 0 ? [] : ['types', 'lint'].filter((check) => !passes(check));
const histories = mkdtempSync(join(tmpdir(), 'marathon-histories-'));
process.env.E2E_HISTORIES = histories;
const { results } = await runCLI(await buildArgv(toJest(args)), [root]);
if (!(await leftTheSameHistories())) failedChecks.push('the same histories in every system');

printTimes();
if (failedChecks.length > 0) console.log(`failed: ${failedChecks.join(', ')}`);
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks.length;
console.log(`${results.numPassedTests} passed, ${failed} failed`);
process.exit(failed > 0 || !results.success ? 1 : 0);

function passes(check) {
  console.log(`npm run ${check}`);
  return spawnSync('npm', ['run', '--silent', check], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** What was compared stays where it is when it differs. */
async function leftTheSameHistories() {
  // It is built by now: what runs this has done that.
  const { compareSystems, readRecordings } = await import('../e2e/dist/comparison/index.js');
  const { summary, differences, otherOrders } = compareSystems(readRecordings(histories));
  for (const order of otherOrders) console.log(`another order: ${order}\n`);
  for (const difference of differences) console.log(`another history: ${difference}\n`);
  if (differences.length > 0) console.log(`the histories are in ${histories}`);
  else rmSync(histories, { recursive: true });
  if (summary) console.log(summary);
  return differences.length === 0;
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
