import { digest } from '../../digest.js';
import type { TypedEvent } from '../../history/event.js';
import { runId, type WorkflowId, workflowId } from '../../ids.js';
import { encodePayload } from '../../payload.js';
import type { SearchAttributeValue } from '../../search/search-attributes.js';
import type { ActivityDefinition } from '../definition/activity-definition.js';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '../definition/interactions.js';
import { mustFit } from '../definition/payload-check.js';
import { InvalidCommandError } from '../errors.js';
import type { UpdateHandler } from '../update-handlers.js';
import { Wait } from '../wait.js';
import { type ActivityCallOptions, activityOptions } from './activity-call.js';
import { type ActivityProxies, activityProxies } from './activity-proxies.js';
import { type ApprovalOptions, approvalCommandOptions } from './approval.js';
import { startChild } from './child-calls.js';
import type { ChildOptions, ChildWorkflow, OtherWorkflow } from './child-workflow.js';
import type { CommandSink } from './command-sink.js';
import { intervalMs } from './interval.js';
import { memoUpserted, searchAttributesUpserted, statusSet } from './label-call.js';
import { type AnyMapped, MapCalls } from './map-call.js';
import type { MapOptions } from './map-context.js';
import { mustBeName } from './names.js';
import { otherWorkflow } from './other-workflow.js';
import { runSaga, type SagaBody, type SagaOptions } from './saga.js';
import type { Scope, ScopeOptions } from './scope-context.js';
import { type StepAttempt, type StepOptions, stepLimits } from './step-call.js';
import type { WorkflowContext } from './workflow-context.js';
import { type WorkflowLog, workflowLog } from './workflow-log.js';

const never = new Promise<never>(() => {});

/** The context that workflow code gets: turns its calls into commands. */
export class CodeContext implements WorkflowContext {
  readonly workflowId: WorkflowId;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly runId;
  readonly log: WorkflowLog;
  readonly #execution: CommandSink;
  readonly #maps: MapCalls;

  constructor(execution: CommandSink, started: TypedEvent<'WorkflowStarted'>) {
    this.#execution = execution;
    this.#maps = new MapCalls(execution);
    this.runId = runId(execution.runId);
    this.workflowId = workflowId(started.data.workflowId);
    this.workflow = started.data.workflow;
    this.taskQueue = started.data.taskQueue;
    this.log = workflowLog(this, () => execution.log);
  }

  get cancelRequested(): boolean {
    return this.#execution.cancelRequested;
  }

  activity<Output>(activity: ActivityDefinition<unknown, Output> | string, input?: unknown, call?: ActivityCallOptions): Promise<Output> {
    const name = nameOf('an activity', activity);
    const wait = new Wait('activity', name);
    const encoded = encodePayload(input, `the input of activity "${name}"`);
    if (typeof activity !== 'string') {
      mustFit(activity.input, encoded, `the input of activity "${name}"`);
      wait.schema = activity.result;
    }
    const command = { kind: 'ScheduleActivity', activity: name, options: activityOptions(call), wait } as const;
    const counts = this.#execution.issue(encoded === undefined ? command : { ...command, input: encoded }, `ctx.activity("${name}")`);
    return (counts ? wait.promise : never) as Promise<Output>;
  }

  activities<Activities extends object>(options?: ActivityCallOptions): ActivityProxies<Activities> {
    return activityProxies((name, input, own) => this.activity(name, input, own), options) as ActivityProxies<Activities>;
  }

  map(items: readonly unknown[], activity: AnyMapped, options?: MapOptions): Promise<never> {
    return this.#maps.map(items, activity, options) as Promise<never>;
  }

  approval<Answer>(options: ApprovalOptions<Answer>): Promise<Answer> {
    const wait = new Wait('approval', options.title);
    const command = {
      kind: 'ScheduleActivity',
      activity: 'approval',
      options: approvalCommandOptions(options as ApprovalOptions<never>),
      wait,
    } as const;
    return (this.#execution.issue(command, `ctx.approval("${options.title}")`) ? wait.promise : never) as Promise<Answer>;
  }

  run<Output>(name: string, perform: (attempt: StepAttempt) => Output | Promise<Output>, options: StepOptions = {}): Promise<Output> {
    mustBeName('a step', name);
    const limits = stepLimits(options, this.#execution.now());
    const input = encodePayload(options.input, `the input of step "${name}"`);
    const call = `ctx.run("${name}")`;
    if (!this.#execution.mayIssue(call)) return never;
    const wait = new Wait('step', name);
    const command = { kind: 'RunStep', step: this.#execution.nextStep(), name, perform, wait, ...(limits && { limits }) } as const;
    this.#execution.issue(input === undefined ? command : { ...command, inputDigest: digest(input) }, call);
    return wait.promise as Promise<Output>;
  }

  sleep(duration: string | number): Promise<void> {
    const durationMs = intervalMs('the duration', duration);
    const wait = new Wait('timer', `sleep ${duration}`);
    const counts = this.#execution.issue({ kind: 'StartTimer', durationMs, wait }, `ctx.sleep(${duration})`);
    return (counts ? wait.promise : never) as Promise<void>;
  }

  condition(predicate: () => boolean, timeout?: string | number): Promise<boolean> {
    if (typeof predicate !== 'function') throw new InvalidCommandError('the predicate of a condition must be a function');
    const timeoutMs = timeout === undefined ? undefined : intervalMs('the timeout', timeout);
    return this.#execution.mayIssue('ctx.condition()') ? this.#execution.awaitCondition(predicate, timeoutMs) : never;
  }

  waitForSignal<Content>(signal: SignalDefinition<Content> | string): Promise<Content> {
    const name = nameOf('a signal', signal);
    const counts = this.#execution.mayIssue(`ctx.waitForSignal("${name}")`);
    return (counts ? this.#execution.nextSignal(name) : never) as Promise<Content>;
  }

  onSignal<Content>(signal: SignalDefinition<Content>, handler: (content: Content) => void | Promise<void>): void {
    const call = `ctx.onSignal("${nameOf('a signal', signal)}")`;
    if (this.#execution.mayIssue(call)) this.#execution.onSignal(signal.name, handler as (content: unknown) => unknown, call);
  }

  scope<Result>(body: () => Promise<Result>, { timeout }: ScopeOptions = {}): Scope<Result> {
    mustBeBody('a scope', body);
    const timeoutMs = timeout === undefined ? undefined : intervalMs('the timeout', timeout);
    if (!this.#execution.mayIssue('ctx.scope()')) return Object.assign(new Promise<never>(() => {}), { cancel() {} });
    const { result, cancel } = this.#execution.openScope(body, timeoutMs);
    return Object.assign(result, { cancel });
  }

  shield<Result>(body: () => Promise<Result>): Promise<Result> {
    mustBeBody('a shield', body);
    return this.#execution.mayIssue('ctx.shield()') ? this.#execution.openShield(body) : never;
  }

  saga<Result>(body: SagaBody<Result>, options: SagaOptions = {}): Promise<Result> {
    mustBeBody('a saga', body);
    return runSaga(body, options, (compensate) => this.shield(compensate));
  }

  onUpdate<Input, Output>(
    update: UpdateDefinition<Input, Output>,
    handle: (input: Input) => Output | Promise<Output>,
    { validate }: { readonly validate?: (input: Input) => void } = {},
  ): void {
    const name = nameOf('an update', update);
    if (this.#execution.mayIssue(`ctx.onUpdate("${name}")`)) this.#execution.onUpdate(name, { handle, validate } as UpdateHandler);
  }

  onQuery<Input, Output>(query: QueryDefinition<Input, Output>, handler: (input: Input) => Output): void {
    const name = nameOf('a query', query);
    if (this.#execution.mayIssue(`ctx.onQuery("${name}")`)) this.#execution.onQuery(name, handler as (input: unknown) => unknown);
  }

  setStatus(text: string): void {
    const change = statusSet(text);
    if (!this.#execution.mayIssue('ctx.setStatus()') || text === this.#execution.labels.statusText) return;
    this.#execution.changeLabels(change);
  }

  upsertMemo(memo: Readonly<Record<string, unknown>>): void {
    const change = memoUpserted(this.#execution.labels, memo);
    if (this.#execution.mayIssue('ctx.upsertMemo()')) this.#execution.changeLabels(change);
  }

  upsertSearchAttributes(attributes: Readonly<Record<string, SearchAttributeValue | Date | null>>): void {
    const change = searchAttributesUpserted(this.#execution.labels, attributes);
    if (this.#execution.mayIssue('ctx.upsertSearchAttributes()')) this.#execution.changeLabels(change);
  }

  startChild(workflow: { readonly name: string } | string, options: ChildOptions = {}): Promise<ChildWorkflow<never>> {
    return startChild(this.#execution, workflow, options) as Promise<ChildWorkflow<never>>;
  }

  child(workflow: { readonly name: string } | string, options: ChildOptions = {}): Promise<never> {
    const ended = this.startChild(workflow, options).then((child) => child.result());
    // Code may begin now and await later, as with every other call.
    ended.catch(() => {});
    return ended;
  }

  handle(workflowId: string, { runId }: { readonly runId?: string } = {}): OtherWorkflow {
    return otherWorkflow(this.#execution, workflowId, runId);
  }

  continueAsNew(input?: unknown): Promise<never> {
    const encoded = encodePayload(input, 'the input of the next run');
    mustFit(this.#execution.definition.input, encoded, 'the input of the next run');
    if (this.#execution.mayIssue('ctx.continueAsNew()')) {
      this.#execution.end(encoded === undefined ? { kind: 'continued-as-new' } : { kind: 'continued-as-new', input: encoded });
    }
    return never;
  }

  now(): number {
    return this.#execution.now();
  }

  random(): number {
    this.#execution.mayIssue('ctx.random()');
    return this.#execution.random();
  }

  uuid(): string {
    this.#execution.mayIssue('ctx.uuid()');
    return this.#execution.uuid();
  }
}

function nameOf(what: string, definition: { readonly name: string } | string): string {
  const name = typeof definition === 'string' ? definition : definition?.name;
  mustBeName(what, name);
  return name;
}

function mustBeBody(what: string, body: unknown): void {
  if (typeof body !== 'function') throw new InvalidCommandError(`the body of ${what} must be a function`);
}
