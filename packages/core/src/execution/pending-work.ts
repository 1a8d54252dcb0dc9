import type { LabelChange } from '../run/labels.js';
import { type CancellationScope, CancellationScopes } from './cancellation-scope.js';
import type { AwaitedCommand, Command, StepCommand } from './command.js';
import { Conditions, type Predicate } from './conditions.js';
import { ChildCalls } from './context/child-calls.js';
import { withdrawalOf } from './recorded-command.js';
import { SignalInbox } from './signal-inbox.js';
import type { UpdateAnswer } from './update-handlers.js';
import { beingHandled, Wait } from './wait.js';

/** What the code of a run has asked for and has no answer to, and what of it is not recorded yet. */
export class PendingWork {
  /** Steps whose result is not in the history yet, by number. */
  readonly steps = new Map<number, StepCommand>();
  readonly signals = new SignalInbox();
  readonly conditions = new Conditions();
  readonly scopes = new CancellationScopes();
  /** Activities, timers and the like that are recorded and not settled, by seq. */
  private readonly waits = new Map<number, Wait>();
  readonly children = new ChildCalls(this.waits);
  private issued: Command[] = [];

  /** In the scope of the code that asks; one that was canceled in vain before gives that as the answer. */
  ask(command: AwaitedCommand): void {
    const scope = this.scopes.current;
    command.wait.scope = scope;
    const owed = scope.takeOwed();
    if (owed) return command.wait.reject(owed);
    this.issued.push(command);
    if (command.kind === 'RunStep') this.steps.set(command.step, command);
  }

  changeLabels(change: LabelChange): void {
    this.issued.push({ kind: 'ChangeLabels', change });
  }

  answerUpdate(answer: UpdateAnswer): void {
    this.issued.push({ kind: 'AnswerUpdate', answer });
  }

  nextSignal(name: string): Promise<unknown> {
    return this.owedRejection() ?? this.signals.next(name, this.scopes.current);
  }

  awaitCondition(predicate: Predicate, timeoutMs: number | undefined): Promise<boolean> {
    const owed = this.owedRejection();
    if (owed) return owed;
    const scope = this.scopes.current;
    const timer = this.startTimeout(timeoutMs, scope, () => this.conditions.timeOut(condition));
    const condition = this.conditions.add(predicate, timer, scope);
    return condition.wait.promise as Promise<boolean>;
  }

  /** A timer that the code has no promise of. */
  startTimeout(timeoutMs: number | undefined, scope: CancellationScope, onFired: () => void): Wait | undefined {
    if (timeoutMs === undefined) return undefined;
    const timer = new Wait('timeout', `time-out of ${timeoutMs} ms`);
    timer.scope = scope;
    this.issued.push({ kind: 'StartTimer', durationMs: timeoutMs, wait: timer });
    timer.promise.then(onFired, () => {});
    return timer;
  }

  /** What was asked for in this turn, to be recorded. */
  takeIssued(): readonly Command[] {
    const { issued } = this;
    this.issued = [];
    return issued;
  }

  /** A command got its place in the history. */
  recorded(command: Command, seq: number): void {
    const { wait } = command;
    if (!wait) return;
    wait.seq = seq;
    if (wait.isPending) this.waits.set(seq, wait);
    if (command.kind === 'StartChild') this.children.add(command);
  }

  /** What the code waits for by the event of that seq. */
  waitOf(seq: number): Wait | undefined {
    return this.waits.get(seq);
  }

  /** What an event answers. */
  take(seq: number): Wait | undefined {
    const wait = this.waits.get(seq);
    this.waits.delete(seq);
    return wait;
  }

  takeStep(number: number): StepCommand | undefined {
    const step = this.steps.get(number);
    this.steps.delete(number);
    return step;
  }

  /** The code does not wait for it any more: it was never asked for when that was in this very turn, and is canceled otherwise. */
  withdraw(wait: Wait): void {
    wait.drop();
    if (wait.seq === 0) this.issued = this.issued.filter((command) => command.wait !== wait);
    else if (this.waits.delete(wait.seq)) this.issued.push(...withdrawalOf(wait));
  }

  /** Rejects what the code waits for in a scope: activities, timers and the like in the order in which it asked for them, then the rest. */
  cancel(scope: CancellationScope, error: Error): void {
    const isMeant = (wait: Wait) => wait.scope?.isWithin(scope) === true;
    const unrecorded = this.issued.flatMap(({ kind, wait }) => (kind === 'RunStep' || !wait ? [] : [wait]));
    const waiting = [...this.waits.values(), ...unrecorded].filter((wait) => wait.isPending && isMeant(wait));
    const withdrawn = waiting.filter((wait) => !this.children.isWaitedFor(wait));
    const steps = [...this.steps.values()].filter(({ wait }) => isMeant(wait));
    for (const wait of waiting) this.issued.push(...this.children.cancellationOf(wait, error));
    for (const wait of withdrawn) this.withdraw(wait);
    for (const { step } of steps) this.steps.delete(step);
    const canceled = [...withdrawn, ...steps.map(({ wait }) => wait), ...this.signals.cancel(isMeant), ...this.conditions.cancel(isMeant)];
    for (const wait of canceled) wait.reject(error);
    if (withdrawn.length === waiting.length && canceled.every(({ kind }) => kind === 'timeout')) scope.owed = error;
  }

  /** True while an event can come that lets the code go on. */
  get isAwaited(): boolean {
    return this.waits.size > 0 || this.steps.size > 0 || this.signals.isAwaited || this.conditions.isAwaited;
  }

  /** True when there are fewer than so many events to come that code may await. Time-outs end what it awaits, and are not awaited. */
  awaitsFewerThan(count: number): boolean {
    let lacking = count - this.steps.size - this.signals.waiting - this.conditions.count;
    if (lacking <= 0) return false;
    for (const { kind } of this.waits.values()) if (kind !== 'timeout' && --lacking === 0) return false;
    return true;
  }

  /** A cancellation that found nothing to cancel, for what is asked for now. */
  private owedRejection(): Promise<never> | undefined {
    const owed = this.scopes.current.takeOwed();
    return owed && beingHandled(Promise.reject(owed));
  }
}
