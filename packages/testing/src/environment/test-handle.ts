import { WorkflowFailedError } from '@marathon/client';
import {
  type AnyWorkflowDefinition,
  type CaughtFailure,
  type ClosedStatus,
  caughtFailure,
  closedStatusOf,
  type Definitions,
  decodePayload,
  encodePayload,
  type HistoryEvent,
  type NewRequest,
  type QueryDefinition,
  type RunAnsweredMessage,
  type RunId,
  RunState,
  type SignalDefinition,
  type UpdateDefinition,
  type UpdateOutcome,
} from '@marathon/core';
import type { RunHistory } from '@marathon/protocol';
import type { Simulation } from '../simulation/simulation.js';
import { describeRun, type RunDescription, waitsFor } from './described-run.js';
import {
  AttemptOverError,
  NothingWillHappenError,
  QueryFailedError,
  RunNotOpenError,
  RunSuspendedError,
  UpdateFailedError,
} from './errors.js';
import { mustFit } from './refusals.js';
import { openApprovals, type TestApproval } from './test-approval.js';
import type { Waiting } from './waiting.js';

/** Arguments that can be left out when there is nothing to pass. */
export type Passed<Payload> = undefined extends Payload ? [payload?: Payload] : [Payload];

/** A workflow that a test has started: its runs, when it continues as new. */
export class TestHandle<Output = unknown> {
  private queries = 0;
  private updates = 0;

  constructor(
    private readonly world: Simulation,
    private readonly waiting: Waiting,
    private readonly definitions: Definitions,
    private readonly definition: AnyWorkflowDefinition,
    readonly workflowId: string,
    /** Of the first run. */
    readonly runId: RunId,
  ) {}

  /**
   * Waits for the result while virtual time moves by itself from one thing that is due to the next; follows continue-as-new.
   * @throws WorkflowFailedError when the run ended otherwise, RunSuspendedError when its code was stopped, NothingWillHappenError
   * when it waits for what never comes.
   */
  async result(): Promise<Output> {
    const explain = async () => {
      const run = await this.describe();
      return new NothingWillHappenError(
        `workflow "${this.workflowId}" has no result, and nothing that is under way will bring one: it waits for ${waitsFor(run)}`,
      );
    };
    const closing = await this.waiting.for(() => this.closing(), explain);
    if (closing.type === 'WorkflowCompleted') return decodePayload(closing.payload) as Output;
    const status = closedStatusOf(closing.type) as Exclude<ClosedStatus, 'Completed'>;
    throw new WorkflowFailedError(this.workflowId, this.runId, status, failureOf(closing));
  }

  /**
   * Sends a signal, and resolves when the run has done what it does at once.
   * @throws PayloadRefusedError when it does not fit its schema, RunNotOpenError when no run of the workflow is open.
   */
  async signal<Payload>(signal: SignalDefinition<Payload> | string, ...[payload]: Passed<Payload>): Promise<void> {
    const name = typeof signal === 'string' ? signal : signal.name;
    const declared = this.definition.signals?.find((other) => other.name === name) ?? signal;
    if (typeof declared !== 'string') await mustFit(`signal "${name}"`, declared.payload, payload);
    await this.accepted(this.world.signal(this.workflowId, name, payload));
  }

  /**
   * Asks the code of the last run, open or closed.
   * @throws PayloadRefusedError when its input does not fit its schema, QueryFailedError when it has no such query, or its handler threw.
   */
  async query<Input, Answer>(query: QueryDefinition<Input, Answer>, ...[input]: Passed<Input>): Promise<Answer> {
    await mustFit(`query "${query.name}"`, query.input, input);
    const { runId } = await this.find();
    const correlationId = `${this.runId} ${++this.queries}`;
    const { answers } = this.world;
    await this.world.query(runId, query.name, input, correlationId);
    const answer = await this.waiting.for(
      () => answers.get(correlationId),
      async () => new QueryFailedError(`query "${query.name}" of workflow "${this.workflowId}" is not answered`),
    );
    if (answer.outcome === 'completed') return decodePayload(answer.result) as Answer;
    throw queryError(query.name, answer);
  }

  /**
   * Sends an update, and waits for its answer while virtual time moves.
   * @throws PayloadRefusedError when its input does not fit its schema, UpdateFailedError when it was refused, its handler threw, or its run closed before; RunNotOpenError when no run is open.
   */
  async update<Input, Answer>(update: UpdateDefinition<Input, Answer>, ...[input]: Passed<Input>): Promise<Answer> {
    await mustFit(`update "${update.name}"`, update.input, input);
    const { runId } = await this.find();
    const updateId = `${runId} ${++this.updates}`;
    const payload = encodePayload(input);
    await this.request({ kind: 'update', updateId, name: update.name, ...(payload !== undefined && { payload }) });
    const answer = await this.waiting.for(
      async () => updateAnswer(RunState.of(await this.world.history(runId)), updateId),
      async () => new UpdateFailedError(`update "${update.name}" of workflow "${this.workflowId}" is not answered`),
    );
    if (answer !== 'closed' && answer.type === 'UpdateCompleted') return decodePayload(answer.payload) as Answer;
    throw updateError(update.name, answer);
  }

  /** What the last run asks people now. */
  async approvals(): Promise<readonly TestApproval[]> {
    const { runId } = await this.find();
    const state = async () => RunState.of(await this.world.history(runId));
    return openApprovals(await state(), async (activitySeq, answer, answeredBy) => {
      const payload = encodePayload(answer);
      if (!(await state()).activities.has(activitySeq)) throw new AttemptOverError('the approval is not open any more');
      const given = { ...(payload !== undefined && { payload }), ...(answeredBy !== undefined && { answeredBy }) };
      await this.request({ kind: 'complete-activity', activitySeq, attempt: 1, ...given });
    });
  }

  /** Asks the run to cancel. @throws RunNotOpenError when no run of the workflow is open. */
  cancel(reason?: string): Promise<void> {
    return this.request(reason === undefined ? { kind: 'cancel' } : { kind: 'cancel', reason });
  }

  /** Ends the run without asking its code. @throws RunNotOpenError when no run of the workflow is open. */
  terminate(reason?: string): Promise<void> {
    return this.request(reason === undefined ? { kind: 'terminate' } : { kind: 'terminate', reason });
  }

  /** The history of the last run, or of another one, as `replay` takes it. */
  async history(of: { readonly runId?: RunId } = {}): Promise<RunHistory> {
    const row = await this.find(of.runId);
    const { workflowId, runId, workflow, status, taskQueue, startedAtMs, closedAtMs, lastSeq } = row;
    const closedAt = closedAtMs === undefined ? {} : { closedAt: new Date(closedAtMs).toISOString() };
    const run = { workflowId, runId, workflow, status, taskQueue, startedAt: new Date(startedAtMs).toISOString(), ...closedAt, lastSeq };
    return { run, events: await this.world.history(runId) };
  }

  /** The last run, and what it waits for. */
  async describe(): Promise<RunDescription> {
    const { runId } = await this.find();
    return describeRun(runId, await this.world.history(runId), this.definitions);
  }

  private request(request: NewRequest): Promise<void> {
    return this.accepted(this.world.request(this.workflowId, request));
  }

  private async accepted(asked: Promise<boolean>): Promise<void> {
    if (!(await asked)) throw new RunNotOpenError(`no run of workflow "${this.workflowId}" is open`);
    await this.waiting.atRest();
  }

  private async find(id?: RunId) {
    const row = await this.world.eventLog.reader.find('default', this.workflowId, id);
    if (!row) throw new RunNotOpenError(`there is no workflow "${this.workflowId}"`);
    return row;
  }

  /** How the last of its runs ended; `undefined` while that is open. */
  private async closing(): Promise<HistoryEvent | undefined> {
    const { reader } = this.world.eventLog;
    for (let runId = this.runId; ; ) {
      const [closed] = await reader.readClosings([runId]);
      if (!closed) return this.stillOpen(runId);
      if (closed.closing.type !== 'WorkflowContinuedAsNew') return closed.closing;
      runId = closed.closing.data.newRunId;
    }
  }

  private async stillOpen(runId: RunId): Promise<undefined> {
    const run = await this.world.eventLog.reader.find('default', this.workflowId, runId);
    if (run?.status !== 'Suspended') return;
    const { suspension } = RunState.of(await this.world.history(runId));
    if (suspension) throw new RunSuspendedError(this.workflowId, suspension);
  }
}

function updateAnswer({ updates, isOpen }: RunState, updateId: string): UpdateOutcome | 'closed' | undefined {
  return updates?.answerTo(updateId) ?? (isOpen ? undefined : 'closed');
}

function updateError(name: string, answer: Exclude<UpdateOutcome, { type: 'UpdateCompleted' }> | 'closed'): UpdateFailedError {
  if (answer === 'closed') return new UpdateFailedError(`update "${name}": the run closed before it was taken up`);
  if (answer.type === 'UpdateRefused')
    return new UpdateFailedError(`update "${name}": there is none; there are ${answer.data.handlers.join(', ') || 'none'}`);
  const { failure } = answer.data;
  const how = answer.type === 'UpdateRejected' ? 'was refused' : 'failed';
  return new UpdateFailedError(`update "${name}" ${how}: ${failure.type}: ${failure.message}`, caughtFailure(failure));
}

function queryError(name: string, { failure, names, reason }: RunAnsweredMessage): QueryFailedError {
  if (failure) return new QueryFailedError(`query "${name}" failed: ${failure.type}: ${failure.message}`, caughtFailure(failure));
  return new QueryFailedError(`query "${name}": ${reason ?? `there is none; there are ${names?.join(', ') || 'none'}`}`);
}

function failureOf(closing: HistoryEvent): CaughtFailure | undefined {
  if (closing.type === 'WorkflowFailed') return caughtFailure(closing.data.failure);
  if (closing.type !== 'WorkflowCanceled' && closing.type !== 'WorkflowTerminated') return undefined;
  const { reason } = closing.data;
  return reason === undefined ? undefined : { type: closing.type, message: reason };
}
