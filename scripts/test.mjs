// `npm test`: types, then lint with the import arrows, then the jest suites, then one line with the sum. A failed check counts as one failure.
// With arguments it is jest alone: `npm test -- --project unit packages/core`; `--project` may be repeated, the rest goes to jest.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { buildArgv, runCLI } from 'jest';

const suitesOnKafka = ['kafka', 'cluster', 'cluster-without-cache'];
const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const failedChecks = args.length > 0 ? [] : ['types', 'lint'].filter((check) => !passes(check));
const { results } = await runCLI(await buildArgv(toJest(args)), [root]);

if (failedChecks.length > 0) console.log(`failed: ${failedChecks.join(', ')}`);
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks.length;
console.log(`${results.numPassedTests} passed, ${failed} failed`);
process.exit(failed > 0 || !results.success ? 1 : 0);

function passes(check) {
  console.log(`npm run ${check}`);
  return spawnSync('npm', ['run', '--silent', check], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
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
