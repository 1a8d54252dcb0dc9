import type { Duration } from '../../duration.js';
import type { RunId, WorkflowId } from '../../ids.js';
import type { ActivityArguments, ActivityDefinition } from '../definition/activity-definition.js';
import type { ActivityCallOptions } from './activity-call.js';
import type { ActivityProxies } from './activity-proxies.js';
import type { ApprovalOptions } from './approval.js';
import type { OtherWorkflowsContext } from './child-workflow.js';
import type { InteractionContext } from './interaction-context.js';
import type { LabelContext } from './label-context.js';
import type { MapContext } from './map-context.js';
import type { ScopeContext } from './scope-context.js';
import type { StepAttempt, StepOptions } from './step-call.js';
import type { WorkflowLog } from './workflow-log.js';

/**
 * What workflow code may do. Every promise from here is durable: after a crash the function is run again from its history and
 * goes on where it stood. Await nothing else.
 */
export interface WorkflowContext extends InteractionContext, LabelContext, MapContext, OtherWorkflowsContext, ScopeContext {
  readonly workflowId: WorkflowId;
  readonly runId: RunId;
  readonly workflow: string;
  readonly taskQueue: string;
  /** True once the run was asked to cancel; clean-up code may still schedule work. */
  readonly cancelRequested: boolean;
  /** Says something to operators, in the log of the orchestrator; silent on replay. */
  readonly log: WorkflowLog;

  /**
   * Runs an activity on a worker and resolves with its result; input and result are typed by its definition, and held against the schemas
   * that it has.
   * @throws PayloadInvalidError when the input does not fit, ActivityFailedError when it failed for good, or its result does not fit, ActivityTimedOutError when it timed out, WorkflowCanceledError when the run was canceled meanwhile.
   */
  activity<Input, Output>(activity: ActivityDefinition<Input, Output>, ...call: ActivityArguments<Input>): Promise<Output>;
  /** The same by the name of the activity; of its types nothing is known. */
  activity<Output = unknown>(name: string, input?: unknown, options?: ActivityCallOptions): Promise<Output>;

  /**
   * Activities as functions, typed by an interface or by the class that has them: a method's name is the activity's name. Options go
   * for all of them; a call's own (its second argument) go before those, and of `retry` field by field.
   *
   * ```ts
   * const { chargeCard } = ctx.activities<PaymentActivities>({ startToCloseTimeout: '1m' });
   * const receipt = await chargeCard({ amount: 12 }, { retry: { attemptsMax: 3 } });
   * ```
   */
  activities<Activities extends object>(options?: ActivityCallOptions): ActivityProxies<Activities>;

  /**
   * Asks a person, and resolves with the answer: what the schema describes, whatever the person sends without one. It waits as long as
   * it takes, over restarts and deployments. Open ones are listed under `GET /approvals`, and answered there.
   * @throws ApprovalTimedOutError when its deadline passes, WorkflowCanceledError when the run was canceled meanwhile.
   */
  approval<Answer = unknown>(options: ApprovalOptions<Answer>): Promise<Answer>;

  /**
   * Runs `step` here, in the orchestrator, and records its result: for short effects that need no worker. It begins after
   * everything before it is committed, and may run again when the process dies before its result is. Determinism rules do not
   * hold inside it. A step is tried once unless its options have `retry`.
   *
   * ```ts
   * const rate = await ctx.run('rate', ({ signal }) => fetchRate(signal), { retry: { attemptsMax: 5 }, startToCloseTimeout: '10s' });
   * ```
   * @throws StepFailedError when `step` threw, or ran out of its time, and no further attempt is made; WorkflowCanceledError when the
   * run was canceled meanwhile.
   */
  run<Output>(name: string, step: (attempt: StepAttempt) => Output | Promise<Output>, options?: StepOptions): Promise<Output>;

  /** Resolves when the time has passed, whatever happens to processes meanwhile. */
  sleep(duration: Duration | number): Promise<void>;

  /**
   * Resolves with true when `predicate` holds, or with false when the time has passed before. What the code knows is looked at each
   * time something has happened and all that came of it is done. When several conditions hold, the one that was asked for first goes
   * on first, and the others are looked at again afterwards.
   *
   * A predicate is synchronous and changes nothing: what it throws is thrown here, and one that calls the context suspends its run.
   * @throws InvalidCommandError when the predicate returns something else than true or false, WorkflowCanceledError when the run was canceled meanwhile.
   */
  condition(predicate: () => boolean, timeout?: Duration | number): Promise<boolean>;

  /**
   * Closes this run and starts a fresh one with the same workflow id and an empty history. Signals not yet consumed go along.
   * @throws PayloadInvalidError when the input does not fit the schema of the workflow.
   */
  continueAsNew(input?: unknown): Promise<never>;

  /** Milliseconds since 1970, as of the event that is being handled: the same on every replay. */
  now(): number;
  /** 0 ≤ x < 1, the same on every replay. */
  random(): number;
  /** A version 4 UUID, the same on every replay. */
  uuid(): string;
}
