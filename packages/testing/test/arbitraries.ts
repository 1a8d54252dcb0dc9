import type { LimitOptions } from '@marathon/core';
import fc from 'fast-check';
import type { Faults } from '../src/index.js';
import type { Program, ProgramInput } from './program.js';

const value = fc.nat(9);

const leaf: fc.Arbitrary<Program> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('activity' as const), activity: fc.constantFrom('echo', 'flaky', 'beats'), value }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('map' as const),
      activity: fc.constantFrom('echo', 'flaky', 'beats'),
      items: fc.nat(7),
      concurrency: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('limited-activity' as const), activity: fc.constantFrom('echo', 'flaky', 'beats'), value }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('step' as const), value, fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retried-step' as const), fails: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.constantFrom(0, 1, 100, 5_000, 20_000) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'signal' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('child' as const),
      does: fc.oneof(
        { weight: 3, arbitrary: fc.record({ do: fc.constant('activity' as const), activity: fc.constant('echo' as const), value }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.constantFrom(0, 100, 8_000) }) },
        { weight: 1, arbitrary: fc.constant({ do: 'throw' as const }) },
      ),
      generations: fc.constantFrom(0, 0, 1),
      options: fc.record({
        concurrency: fc.constantFrom({ key: 'children', limit: 1 }, { key: 'all', limit: 1_000 }),
        cancellation: fc.constantFrom('request' as const, 'wait' as const, 'abandon' as const),
        parentClosePolicy: fc.constantFrom('terminate' as const, 'cancel' as const, 'abandon' as const),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failing-activity' as const), activity: fc.constantFrom('fatal', 'worn') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('handler' as const), signals: fc.nat(4), waits: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('approval' as const),
      deadlineMs: fc.constantFrom(undefined, undefined, 1, 3_000, 60_000),
      escalates: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('later' as const),
      afterMs: fc.constantFrom(0, 1, 1_000, 8_000),
      fails: fc.boolean(),
      items: fc.constantFrom(0, 0, 3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('guilty' as const), ofChange: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('told-child' as const), value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('signal-other' as const), to: fc.nat(14) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { do: 'canceled-child' as const },
      { do: 'large' as const, through: 'activity' as const },
      { do: 'large' as const, through: 'step' as const },
      { do: 'large' as const, through: 'signal' as const },
      { do: 'large' as const, through: 'child' as const },
      { do: 'large' as const, through: 'result' as const },
      { do: 'hasty-step' as const },
      { do: 'hasty-activity' as const },
      { do: 'chance' as const },
      { do: 'label' as const, value: 1 },
      { do: 'label' as const, value: 2 },
      { do: 'condition' as const, timeoutMs: undefined },
      { do: 'condition' as const, timeoutMs: 50 },
      { do: 'failing-map' as const, settle: true },
      { do: 'failing-map' as const, settle: false },
      { do: 'throw' as const },
    ),
  },
);

export const program = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 2, arbitrary: leaf },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('sequence', 'sequence', 'all', 'settled', 'race', 'any'),
        of: fc.array(tie('program'), { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('loop' as const), times: fc.nat(3), body: tie('program') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('shield' as const, 'saga' as const), body: tie('program') }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('scope' as const), timeoutMs: fc.constantFrom(1, 100, 60_000), body: tie('program') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('try' as const), body: tie('program'), rescue: tie('program') }) },
  ),
})).program;

export const programInput: fc.Arbitrary<ProgramInput> = fc.record({
  program,
  generations: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) }),
  takesLate: fc.boolean(),
});

/** Mostly none, sometimes seldom, sometimes often. */
const probability = (often: number) => fc.constantFrom(0, 0, often / 10, often);

export const faults: fc.Arbitrary<Faults> = fc.record({
  duplicates: probability(0.5),
  delays: probability(0.8),
  delayMsMax: fc.constantFrom(10, 200, 1_000),
  lostMessages: probability(0.3),
  crashes: probability(0.02),
  pauses: probability(1),
  lostCommits: probability(0.3),
  lateSignals: probability(0.9),
  refusedCalls: probability(0.1),
  slowCalls: probability(0.5),
  moves: probability(0.3),
  slowAttempts: probability(0.5),
  rebalances: probability(0.3),
  workerDeaths: probability(0.3),
  handBacks: probability(0.3),
});

/** What may happen to a run besides, and when. */
export interface Disturbance {
  readonly kind:
    | 'cancel'
    | 'terminate'
    | 'resume'
    | 'stray-signal'
    | 'update'
    | 'unwelcome-update'
    | 'large-update'
    | 'offered-update'
    | 'update-offered-twice'
    | 'query'
    | 'await-result';
  readonly atMs: number;
}

export const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  kind: fc.constantFrom(
    'cancel',
    'terminate',
    'resume',
    'stray-signal',
    'update',
    'unwelcome-update',
    'large-update',
    'offered-update',
    'update-offered-twice',
    'query',
    'await-result',
  ),
  atMs: fc.constantFrom(0, 1, 100, 1_000, 10_000),
});

export interface PlannedRun {
  readonly input: ProgramInput;
  readonly startDelayMs: number | undefined;
  readonly runTimeoutMs: number | undefined;
  readonly limits: LimitOptions;
  readonly disturbances: readonly Disturbance[];
}

/** Runs wait in line, as a rule for those that wait for signals. */
const limits: fc.Arbitrary<LimitOptions> = fc.constantFrom(
  { concurrency: { key: 'runs', limit: 2 } },
  { concurrency: { key: 'runs', limit: 2 }, priority: 1 },
  { rateLimit: { key: 'rate', limit: 2, perMs: 1_000 } },
);

const plannedRun: fc.Arbitrary<PlannedRun> = fc.record({
  input: programInput,
  startDelayMs: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(1, 3_000) }),
  runTimeoutMs: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(1, 5_000) }),
  limits: fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: limits }),
  disturbances: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(disturbance, { maxLength: 4 }) }),
});

export interface Plan {
  readonly seed: number;
  readonly runs: readonly PlannedRun[];
  readonly faults: Faults;
  readonly processes: number;
  readonly isStreamDurable: boolean;
  readonly residentRuns: number;
  /** When the code is mended that is guilty. */
  readonly mendedAfterMs: number;
  /** As another build, which takes up the runs that it finds suspended. */
  readonly isDeployed: boolean;
}

export const plan: fc.Arbitrary<Plan> = fc
  .record({
    seed: fc.integer(),
    runs: fc.array(plannedRun, { minLength: 1, maxLength: 15 }),
    faults,
    processes: fc.integer({ min: 1, max: 3 }),
    isStreamDurable: fc.boolean(),
    residentRuns: fc.constantFrom(1, 2, 1_000),
    mendedAfterMs: fc.constantFrom(30_000, 30_000, 8_000),
    isDeployed: fc.boolean(),
  })
  // A stream that dies with its process has one process.
  .map((drawn) => (drawn.isStreamDurable ? drawn : { ...drawn, processes: 1 }));
