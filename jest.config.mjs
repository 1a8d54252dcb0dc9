// Suites, told apart by the file name; each runs the TypeScript sources, so no build is needed before it.
//   unit         x.spec.ts              milliseconds, nothing but this process
//   integration  x.integration-spec.ts  a real embedded PostgreSQL
//   kafka        x.kafka-spec.ts        an Apache Kafka: the one of KAFKA_BROKERS, or one started with Java and Maven
//   e2e          x.e2e-spec.ts          the built system as processes, over HTTP
//   memory, embedded, embedded-without-cache, cluster    e2e/src/scenarios, each suite against one system of that kind

import { availableParallelism } from 'node:os';

const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const suite = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^@marathon/(bench|e2e)$': '<rootDir>/$1/src/index.ts',
    '^@marathon/([^/]+)$': ['<rootDir>/packages/$1/src/index.ts', '<rootDir>/apps/$1/src/index.ts'],
    '^@marathon/([^/]+)/(.+)$': ['<rootDir>/packages/$1/src/$2.ts', '<rootDir>/apps/$1/src/$2.ts'],
    // Sources name their neighbours as they are called once built; packages of others ship the .js file itself.
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.marathon/'],
  ...more,
});

const wholeSystems = { runner: '<rootDir>/scripts/whole-systems.runner.mjs' };
const scenarios = { runner: '<rootDir>/scripts/scenarios.runner.mjs' };
// In memory no run outlives its process: there, what must hold of runs whose code ends the process would hold of nothing.
const outlivingTheProcess = ['<rootDir>/e2e/src/scenarios/unresponsive-code.e2e-spec.ts'];
const sources = '{packages,apps,examples}/*/src/**';

export default {
  // On a busy machine a worker takes longer to end than the half a second after which jest says that something in it was left open.
  workerGracefulExitTimeout: 30_000,
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // Bounds a hang; no test asserts a speed, and the machine may be busy.
  testTimeout: 60_000,
  projects: [
    suite('unit', [`${sources}/*.spec.ts`, 'bench/src/**/*.spec.ts', 'e2e/src/**/*.spec.ts', 'scripts/**/*.spec.ts']),
    suite('integration', [`${sources}/*.integration-spec.ts`, 'bench/src/**/*.integration-spec.ts']),
    suite('kafka', [`${sources}/*.kafka-spec.ts`, 'e2e/src/**/*.kafka-spec.ts'], wholeSystems),
    suite('e2e', ['e2e/src/!(scenarios)/**/*.e2e-spec.ts'], wholeSystems),
    suite('memory', ['e2e/src/scenarios/*.e2e-spec.ts'], { ...scenarios, testPathIgnorePatterns: outlivingTheProcess }),
    ...['embedded', 'embedded-without-cache', 'cluster'].map((system) => suite(system, ['e2e/src/scenarios/*.e2e-spec.ts'], scenarios)),
  ],
};
