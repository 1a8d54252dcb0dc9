import {
  type AnyWorkflowDefinition,
  type CaughtFailure,
  Definitions,
  type Duration,
  durationMs,
  type LimitCallOptions,
  limitOptions,
  type WorkflowDefinition,
} from '@marathon/core';
import { guardsInstalled } from '@marathon/guards';
import { Simulation } from '../simulation/simulation.js';
import type { SimulationOptions } from '../simulation/simulation-options.js';
import { type ActivityCall, type ActivityMock, type ActivityMocks, type AnyActivities, MockedActivities } from './activity-mocks.js';
import { ActivityTokens } from './activity-tokens.js';
import { mustFit } from './refusals.js';
import { type StartLabels, startLabels } from './start-labels.js';
import { TestHandle } from './test-handle.js';
import { Waiting } from './waiting.js';

/** What a test environment has. */
export interface TestEnvironmentOptions<Activities extends object = AnyActivities> {
  /** The workflows that runs are started of, and those that these start. */
  readonly workflows: readonly AnyWorkflowDefinition[];
  /** What stands for activities, by name. One that is missing fails its activity. */
  readonly activities?: ActivityMocks<Activities>;
  /** When virtual time begins. Default: the start of 2026. */
  readonly startsAt?: Date;
}

/** What a start in a test may say, besides its input. The limits that it states go before those of the definition. */
export interface TestStartOptions extends LimitCallOptions, StartLabels {
  /** Default: the id of the run. */
  readonly workflowId?: string;
  /** How long the run waits before its code begins, a duration or milliseconds. Default: not at all. */
  readonly startDelay?: Duration | number;
  /** After which the run is timed out, a duration or milliseconds. Default: never. */
  readonly runTimeout?: Duration | number;
}

/** The input of a workflow, which may be left out when it may be `undefined`. */
export type WithInput<Input> = undefined extends Input ? { readonly input?: Input } : { readonly input: Input };

/**
 * The engine in memory, in virtual time. Nothing happens in it but while a test awaits one of its calls; it holds no handle open and
 * needs no end.
 */
export class TestEnvironment<Activities extends object = AnyActivities> {
  /** The simulation beneath: for what the environment has no word for. */
  readonly simulation: Simulation;
  private readonly waiting: Waiting;
  private readonly definitions: Definitions;
  private readonly activities: MockedActivities;
  private readonly tokens: ActivityTokens;

  constructor(options: TestEnvironmentOptions<Activities>, simulated: Partial<SimulationOptions> = {}) {
    const { workflows, activities = {}, startsAt } = options;
    this.definitions = new Definitions(workflows);
    this.activities = new MockedActivities(activities as Readonly<Record<string, ActivityMock>>, () => this.nowMs);
    this.simulation = new Simulation({
      workflows,
      otherActivity: (name) => this.activities.of(name),
      awaitsRealWork: true,
      skipsIdleTimeAfterMs: 0,
      ...(startsAt && { startsAtMs: startsAt.getTime() }),
      ...simulated,
    });
    this.waiting = new Waiting(this.simulation);
    this.tokens = new ActivityTokens(this.simulation, this.waiting);
  }

  /**
   * Starts a workflow, and resolves when the run has done what it does at once.
   * @throws PayloadRefusedError when the input does not fit its schema; WorkflowAlreadyOpenError when an open run has the workflow id.
   * @throws InvalidCommandError naming the limit or the search attribute that makes no sense.
   */
  async start<Input, Output>(
    workflow: WorkflowDefinition<Input, Output>,
    ...[options]: undefined extends Input
      ? [options?: TestStartOptions & WithInput<NoInfer<Input>>]
      : [TestStartOptions & WithInput<NoInfer<Input>>]
  ): Promise<TestHandle<Output>> {
    const settings = (options ?? {}) as TestStartOptions & { readonly input?: unknown };
    const { input, workflowId, startDelay, runTimeout } = settings;
    await mustFit(`the input of workflow "${workflow.name}"`, workflow.input, input);
    const runId = await this.simulation.start(workflow.name, input, {
      ...(workflowId !== undefined && { workflowId }),
      ...(startDelay !== undefined && { startDelayMs: toMs(startDelay) }),
      ...(runTimeout !== undefined && { runTimeoutMs: toMs(runTimeout) }),
      ...limitOptions(settings),
      ...startLabels(settings),
    });
    const run = new TestHandle<Output>(this.simulation, this.waiting, this.definitions, workflow, workflowId ?? runId, runId);
    await this.waiting.atRest();
    return run;
  }

  /** Lets virtual time pass, a duration or milliseconds, with all that falls due in it. */
  async advance(duration: Duration | number): Promise<void> {
    const untilMs = this.nowMs + toMs(duration);
    this.simulation.clock.at(untilMs, () => {});
    await this.waiting.for(
      () => (this.nowMs >= untilMs ? true : undefined),
      async () => new Error('time stands still'),
    );
  }

  /**
   * Brings the result of an activity whose mock handed out its token, and resolves when the run has done what it does at once.
   * @throws TokenUnknownError, AttemptOverError when the activity has an outcome, or was canceled.
   */
  completeActivity(token: string, result?: unknown): Promise<void> {
    return this.tokens.complete(token, result);
  }

  /** As `completeActivity`, for an attempt that failed: its retry policy says what follows. */
  failActivity(token: string, failure: Error | CaughtFailure): Promise<void> {
    return this.tokens.fail(token, failure);
  }

  /** Says that whoever has the token is at it still. */
  heartbeatActivity(token: string, details?: unknown): Promise<void> {
    return this.tokens.heartbeat(token, details);
  }

  /** Virtual time, milliseconds since 1970. */
  get nowMs(): number {
    return this.simulation.clock.now();
  }

  /** The attempts of an activity so far, in their order. */
  calls<Name extends keyof Activities & string>(
    activity: Name,
  ): readonly ActivityCall<Activities[Name] extends (...args: infer Args) => unknown ? Args[0] : unknown>[] {
    return this.activities.calls(activity) as never;
  }
}

/**
 * A world for tests of workflows: the real engine in memory, mocks for activities, and time that passes only as far as a test waits,
 * months in milliseconds.
 *
 * ```ts
 * const env = createTestEnvironment<PaymentActivities>({ workflows: [order], activities: { chargeCard: () => ({ id: 'ch-1' }) } });
 * const run = await env.start(order, { input: { sku: 'tea' } });
 * await run.signal(approve, { by: 'ada' });
 * expect(await run.result()).toEqual({ charge: 'ch-1' });
 * ```
 *
 * With `@marathon/guards/register` among the `setupFiles` of jest or vitest, code gets what it gets in production for `Date`, chance,
 * timers and I/O. Without it, one warning says so.
 *
 * Activities are typed by an interface or a class (`createTestEnvironment<PaymentActivities>`), or not at all.
 */
export function createTestEnvironment<Activities extends object = AnyActivities>(
  options: TestEnvironmentOptions<NoInfer<Activities>>,
): TestEnvironment<Activities> {
  if (!guardsInstalled()) warnOfMissingGuards();
  return new TestEnvironment(options);
}

let hasWarned = false;

function warnOfMissingGuards(): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    "workflow code runs without guards in these tests: Date, Math.random, timers and I/O are not what they are in production; add '@marathon/guards/register' to setupFiles",
    { type: 'Warning', code: 'MARATHON_GUARDS_MISSING' },
  );
}

const toMs = (duration: Duration | number): number => (typeof duration === 'number' ? duration : durationMs(duration));
