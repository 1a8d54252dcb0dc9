import type { Failure } from '../failure.js';
import type { HistoryEvent, Suspension, TypedEvent } from '../history/event.js';
import type { RunId } from '../ids.js';
import type { LimitOptions } from '../limits/limit-options.js';
import { decodePayload, encodePayload, type Payload } from '../payload.js';
import type { Log } from '../ports/log.port.js';
import { changeLabels, initialLabels, type LabelChange, type Labels } from '../run/labels.js';
import { awaitsPromise } from './awaits-promise.js';
import { caughtFailure } from './caught-failure.js';
import { Chance } from './chance.js';
import type { AwaitedCommand, Command, Outcome, StepCommand } from './command.js';
import type { Conditions, Predicate } from './conditions.js';
import { CodeContext } from './context/code-context.js';
import type { CommandSink, OpenedScope } from './context/command-sink.js';
import { mustBeInputOf, refusalOf } from './definition/contract.js';
import type { AnyWorkflowDefinition } from './definition/definition.js';
import { runLimits } from './definition/run-limits.js';
import { ScopeCanceledError, ScopeTimedOutError, StepFailedError, WorkflowCanceledError } from './errors.js';
import { failureOf } from './failure-of.js';
import { Handlers } from './handlers.js';
import { Look } from './look.js';
import { PendingWork } from './pending-work.js';
import { type QueryAnswer, QueryHandlers } from './query-handlers.js';
import type { Random } from './random.js';
import { otherStep } from './recorded-command.js';
import { NonDeterministicCallError, type RunScope, runScope } from './run-scope.js';
import { settleWait } from './settle-wait.js';
import type { SignalInbox } from './signal-inbox.js';
import { type UpdateHandler, UpdateHandlers } from './update-handlers.js';
import { beingHandled, type Wait } from './wait.js';

/** How many conditions may be met in one turn: code that goes round in circles must not hold its process. */
const conditionsPerTurnMax = 10_000;

/**
 * A workflow function in flight: suspended between turns, driven by history events, one event a turn.
 *
 *  E1  Events are fed in the order of the history, each in a turn of its own; microtasks drain before the turn ends.
 *  E2  Commands are taken only from the turn's own run: one that comes between turns suspends the run.
 *  E3  What the code sees depends on the events fed so far and on nothing else.
 */
export class Execution implements RunScope, CommandSink {
  /** Set when the code did what no replay can repeat. Nothing it does afterwards counts. */
  suspension: Suspension | undefined;
  /** How the function ended; the run has not ended while handlers are under way. */
  private ending: Outcome | undefined;
  cancelRequested = false;
  hasStarted = false;
  /** Whether the code begins only with an input that fits its schema; what has begun before is not asked again. */
  checksInput = false;
  /** Where the code's words go, once it has caught up with its history. */
  log: Log | undefined;
  private readonly handlers = new Handlers(
    (call) => this.comesInTurn(`the handler of ${call} ended`),
    (thrown) => this.failBy(thrown),
    (handler) => this.pending.scopes.leave(handler),
  );
  labels: Labels;
  private readonly pending = new PendingWork();
  private readonly queries = new QueryHandlers();
  readonly updates = new UpdateHandlers({
    perform: (call, handler) => void this.handlers.perform(call, handler),
    look: (what, handler) => this.lookBy(new Look(this, what), handler),
    answer: (answer) => {
      if (this.comesInTurn('the handler of an update ended')) this.pending.answerUpdate(answer);
    },
  });
  /** A handler is at work that may only look. */
  private look: Look | undefined;
  private readonly chance: Chance;
  private stepCount = 0;
  private clockMs = 0;
  private inTurn = false;
  private inPredicate = false;
  private conditionsMet = 0;
  private isAbandoned = false;

  constructor(
    readonly runId: RunId,
    readonly definition: AnyWorkflowDefinition,
    private readonly started: TypedEvent<'WorkflowStarted'>,
    /** Called when the code is found guilty between turns. */
    private readonly onViolation: () => void,
  ) {
    this.chance = new Chance(runId);
    this.labels = initialLabels(started.data);
  }

  /** What the run comes under before its code may begin. */
  get limits(): LimitOptions | undefined {
    return runLimits(this.definition, this.started);
  }

  /** How the code ended, as soon as its function has returned and no handler is under way. It goes on when another begins. */
  get outcome(): Outcome | undefined {
    return this.handlers.areUnderWay ? undefined : this.ending;
  }

  /** Begins a turn: settles what `event` settles. The turn lasts until `endTurn`. */
  beginTurn(event: HistoryEvent): void {
    this.inTurn = true;
    this.conditionsMet = 0;
    this.clockMs = event.at;
    // In the run's scope: Node asks for the scope of a rejection, and guards for that of a settled promise's reactions.
    runScope.run(this, () => this.deliver(event));
  }

  /** Asked when the microtasks have drained: true when a condition holds now, so that `continueTurn` has to come before the turn may end. */
  goesOn(): boolean {
    if (!this.conditions.isAwaited || this.outcome || this.suspension || this.isAbandoned) return false;
    this.inPredicate = true;
    const isMet = runScope.run(this, () => this.conditions.look());
    this.inPredicate = false;
    if (isMet && ++this.conditionsMet > conditionsPerTurnMax) {
      const message = `${conditionsPerTurnMax} conditions were met in one turn: the code waits in a circle for what holds already`;
      this.violate({ reason: 'limit', message });
    }
    this.inTurn = false;
    return isMet && !this.suspension;
  }

  /** Lets code go on whose condition holds, in the same turn. */
  continueTurn(): void {
    this.inTurn = true;
    runScope.run(this, () => {
      const met = this.conditions.settle();
      if (met?.timer) this.pending.withdraw(met.timer);
    });
  }

  /** Ends the turn and gives the commands that it issued. */
  endTurn(): readonly Command[] {
    this.inTurn = false;
    const commands = this.pending.takeIssued();
    const isAwaited = this.pending.isAwaited || this.updates.isAwaited;
    if (!this.outcome && !this.suspension && !isAwaited && !commands.some(({ wait }) => wait?.isPending)) {
      this.violate({
        reason: 'foreign-await',
        message:
          'the code awaits something that is not durable, so nothing in its history can ever wake it: await activities, steps, timers, signals or conditions only',
      });
    }
    return commands;
  }

  /** The turn's commands got their places in the history. */
  recorded(command: Command, seq: number): void {
    this.pending.recorded(command, seq);
  }

  /** Answers a query between two turns. The look lasts until `endLook`, for what the handler leaves behind comes a moment later. */
  answer(name: string, input: Payload | undefined): QueryAnswer {
    const failure = this.queries.has(name) && refusalOf(this.definition, 'query', name, input);
    if (failure) return { outcome: 'failed', failure };
    return this.queries.answer(name, input, this, (look) => {
      this.look = look;
    });
  }

  /** @returns false when the handler did more than look: the code is of no use any more. */
  endLook(): boolean {
    const isSpoiled = this.look?.isSpoiled === true;
    this.look = undefined;
    return !isSpoiled;
  }

  /** Nothing it does counts from here on: its promises are left to the garbage collector. */
  abandon(): void {
    this.isAbandoned = true;
  }

  waitOf(seq: number): Wait | undefined {
    return this.pending.waitOf(seq);
  }

  get steps(): ReadonlyMap<number, StepCommand> {
    return this.pending.steps;
  }

  get signals(): SignalInbox {
    return this.pending.signals;
  }

  get conditions(): Conditions {
    return this.pending.conditions;
  }

  /** Something that is sent from outside could move it. */
  get awaitsRequests(): boolean {
    return this.signals.isAwaited || this.updates.isAwaited;
  }

  get awaitsPromise(): boolean {
    return awaitsPromise(this, this.pending, this.handlers.count + (this.ending ? 0 : 1));
  }

  /** Whether an update of that name is, or may come to be, taken up. */
  takesUpdate(name: string): boolean {
    return this.updates.has(name) || this.definition.updates?.some((update) => update.name === name) === true;
  }

  // What the context asks for ------------------------------------------------------------------------------------------------

  issue(command: AwaitedCommand, call: string): boolean {
    if (!this.mayIssue(call)) return false;
    this.pending.ask(command);
    return true;
  }

  mayIssue(call: string): boolean {
    if (this.look) throw this.look.refuse(`${call} was called`);
    return this.comesInTurn(`${call} was called`);
  }

  nextStep(): number {
    return ++this.stepCount;
  }

  nextSignal(name: string): Promise<unknown> {
    return this.pending.nextSignal(name);
  }

  onSignal(name: string, handler: (content: unknown) => unknown, call: string): void {
    this.signals.handle(name, (content) => void this.handlers.perform(call, () => handler(content)));
  }

  awaitCondition(predicate: Predicate, timeoutMs: number | undefined): Promise<boolean> {
    return this.pending.awaitCondition(predicate, timeoutMs);
  }

  openScope<Result>(body: () => Promise<Result>, timeoutMs: number | undefined): OpenedScope<Result> {
    const { scopes } = this.pending;
    const scope = scopes.open(false);
    const timer = this.pending.startTimeout(timeoutMs, scope, () => this.pending.cancel(scope, new ScopeTimedOutError(timeoutMs ?? 0)));
    const result = scopes.perform(scope, body).finally(() => {
      if (timer?.isPending && this.comesInTurn('a scope ended')) this.pending.withdraw(timer);
    });
    const cancel = (reason?: string) => {
      if (this.mayIssue('cancel() of a scope')) this.pending.cancel(scope, new ScopeCanceledError(reason));
    };
    return { result: beingHandled(result), cancel };
  }

  openShield<Result>(body: () => Promise<Result>): Promise<Result> {
    const { scopes } = this.pending;
    return beingHandled(scopes.perform(scopes.open(true), body));
  }

  onUpdate(name: string, handler: UpdateHandler): void {
    this.updates.register(name, handler);
  }

  private lookBy(look: Look, handler: () => unknown): void {
    this.look = look;
    try {
      look.perform(handler);
    } finally {
      this.look = undefined;
    }
  }

  onQuery(name: string, handler: (input: unknown) => unknown): void {
    this.queries.register(name, handler);
  }

  changeLabels(change: LabelChange): void {
    this.labels = changeLabels(this.labels, change);
    this.pending.changeLabels(change);
  }

  end(outcome: Outcome): void {
    if (this.comesInTurn('the function ended')) this.ending ??= outcome;
  }

  /** Nobody else could be told what a handler threw: the run fails, unless it was canceled and the handler gave up for it. */
  private failBy(thrown: unknown): void {
    const outcome = this.outcomeOf(thrown);
    if (outcome.kind === 'failed' && this.ending?.kind !== 'failed') this.ending = outcome;
  }

  /** @returns false when it does not count, because the run has ended or was suspended. */
  private comesInTurn(what: string): boolean {
    if (this.isAbandoned || this.suspension || this.outcome) return false;
    if (this.inPredicate) {
      const message = `${what} in the predicate of a condition, which may look at things and change none`;
      this.violate({ reason: 'non-deterministic', message });
      return false;
    }
    if (this.inTurn) return true;
    this.violate({
      reason: 'foreign-await',
      message: `${what} outside of the run's turn: the code awaited something that is not durable (another timer, I/O, a promise shared with another run) before it, or used its context within a step`,
    });
    return false;
  }

  violate(suspension: Suspension): void {
    if (this.suspension || this.isAbandoned) return;
    this.suspension = suspension;
    if (!this.inTurn) runScope.exit(this.onViolation);
  }

  // What guards see (RunScope) -----------------------------------------------------------------------------------------------

  now(): number {
    return this.clockMs;
  }

  private get randomness(): Random {
    return this.chance.source(this.inTurn && !this.inPredicate);
  }

  random(): number {
    return this.randomness.fraction();
  }

  randomBytes(length: number): Uint8Array {
    return this.randomness.bytes(length);
  }

  uuid(): string {
    return this.randomness.uuid();
  }

  violated(call: string, remedy: string): Error {
    const error = new NonDeterministicCallError(call, remedy);
    this.violate({ reason: 'non-deterministic', message: error.message });
    return error;
  }

  rejected(reason: unknown): void {
    const failure = failureOf(reason);
    this.violate({
      reason: 'unhandled-rejection',
      message: `nobody handled a rejection in the run's code: ${failure.type}: ${failure.message}`,
    });
  }

  // Events to code -----------------------------------------------------------------------------------------------------------

  private deliver(event: HistoryEvent): void {
    switch (event.type) {
      case 'WorkflowStarted':
        return this.start(event);
      case 'StepCompleted':
        return this.takeStep(event)?.wait.resolve(decodePayload(event.payload));
      case 'StepFailed':
        return this.takeStep(event)?.wait.reject(
          new StepFailedError(event.data.name, caughtFailure(event.data.failure), event.data.attempt),
        );
      case 'SignalReceived':
        if (!event.data.failure) return this.signals.deliver(event.data.name, event.payload);
        return this.passOver(event.data.failure);
      case 'UpdateReceived':
        return this.updates.deliver(event);
      case 'CancelRequested':
        return this.cancel(event.data.reason);
      default:
        if (!settleWait(event, this.pending)) this.pending.children.deliver(event, this);
    }
  }

  /** A signal that its contract refuses: silent on replay. */
  private passOver({ message }: Failure): void {
    const { workflowId } = this.started.data;
    runScope.exit(() => this.log?.warn(`a signal is passed over: ${message}`, { workflowId, runId: this.runId }));
  }

  private start({ data, payload: input }: TypedEvent<'WorkflowStarted'>): void {
    this.hasStarted = true;
    for (const { name, payload } of data.signals ?? []) this.signals.deliver(name, payload);
    const context = new CodeContext(this, this.started);
    runScope.run(this, async () => {
      try {
        if (this.checksInput) mustBeInputOf(this.definition, input);
        const result = encodePayload(await this.definition.run(context, decodePayload(input)), 'the result');
        this.end(result === undefined ? { kind: 'completed' } : { kind: 'completed', result });
      } catch (thrown) {
        this.end(this.outcomeOf(thrown));
      }
    });
  }

  private outcomeOf(thrown: unknown): Outcome {
    if (!(thrown instanceof WorkflowCanceledError && this.cancelRequested)) return { kind: 'failed', failure: failureOf(thrown) };
    return thrown.reason === undefined ? { kind: 'canceled' } : { kind: 'canceled', reason: thrown.reason };
  }

  private takeStep(event: TypedEvent<'StepCompleted'> | TypedEvent<'StepFailed'>): StepCommand | undefined {
    const step = this.pending.takeStep(event.data.step);
    if (step && step.name === event.data.name && step.inputDigest === event.data.inputDigest) return step;
    this.violate(otherStep(step, event.seq, event.data));
    return undefined;
  }

  private cancel(reason: string | undefined): void {
    this.cancelRequested = true;
    this.pending.cancel(this.pending.scopes.run, new WorkflowCanceledError(reason));
  }
}
