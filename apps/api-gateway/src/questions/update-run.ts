import {
  CommitOutcomeUnknownError,
  encodePayload,
  MarathonError,
  type NewRequest,
  type RunAnsweredMessage,
  type RunId,
  type ShardId,
  runId as toRunId,
} from '@marathon/core';
import { withMember } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { Contracts } from '../contracts/contracts.js';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError, reusedKey } from '../http/problem.error.js';
import { fingerprintOf } from '../intake/fingerprint.js';
import { RequestLane, type SubmittedRequest } from '../intake/request-lane.js';
import { namespace } from '../namespace.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { closedRun, notFound, Runs } from '../reads/runs.js';
import { knownNames } from './known-names.js';
import { OfferedUpdates } from './offered-updates.js';
import { type OpenQuestion, type Question, Questions } from './questions.js';
import { shownFailure } from './shown-failure.js';

export interface NewUpdate {
  /** The same id is the same update. */
  readonly updateId: string;
  readonly name: string;
  readonly payload: unknown;
}

export interface SentUpdate {
  readonly isAnswered: boolean;
  /** Where to ask for the answer. */
  readonly address: string;
  /** The text of an `UpdateAnswer`. */
  readonly text: string;
}

interface Update {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly updateId: string;
  /** Not known to those who ask again. */
  readonly name?: string;
}

type UpdateIntake = SubmittedRequest & { readonly request: Extract<NewRequest, { readonly kind: 'update' }> };

/** Sends updates to runs, and waits for their answers. */
@Injectable()
export class UpdateRun {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock' | 'runReader'>,
    private readonly runs: Runs,
    private readonly lane: RequestLane,
    private readonly questions: Questions,
    private readonly offered: OfferedUpdates,
    private readonly contracts: Contracts,
    private readonly payloads: LargePayloads,
  ) {}

  /** @throws ProblemError when it is not accepted, refused, or failed. */
  async send(workflowId: string, runId: string | undefined, { updateId, name, payload }: NewUpdate, waitMs: number): Promise<SentUpdate> {
    const untilMs = this.ports.clock.now() + waitMs;
    await this.contracts.checkUpdate({ workflowId, runId, idempotencyKey: updateId }, { name, payload });
    const input = encodePayload(payload, 'the input');
    const fingerprint = fingerprintOf(['update', name, input]);
    const content = { updateId, name, ...(input !== undefined && { payload: input }) };
    const intake = {
      namespace,
      workflowId,
      ...(runId !== undefined && { runId: toRunId(runId) }),
      request: { kind: 'update', ...content },
      idempotencyKey: updateId,
      fingerprint,
    } as const;
    if (waitMs === 0) return this.sendAccepted(intake, untilMs, false);
    const offered = await this.offered.send({ workflowId, runId }, { ...content, fingerprint }, untilMs);
    if (offered.outcome === 'answered') return this.shown({ ...offered, workflowId, updateId, name }, offered.answer);
    try {
      return await this.sendAccepted(intake, untilMs, true);
    } catch (error) {
      throw offered.outcome === 'open' ? inDoubt(error) : error;
    }
  }

  /** By this gateway, whose database numbers the update. */
  private async sendAccepted(update: UpdateIntake, untilMs: number, isProvisional: boolean): Promise<SentUpdate> {
    const { workflowId, runId, request } = update;
    const { updateId, name } = request;
    const open = this.questions.open();
    try {
      const intake = { ...update, replyTo: open.replyTo };
      const outcome = await this.submit({ ...intake, isProvisional });
      const { runId: takenBy, shard } = outcome.outcome === 'accepted' ? outcome : await this.runs.find(workflowId, outcome.runId);
      const taken = { workflowId, runId: takenBy, shard, updateId, name };
      this.offered.remember({ workflowId, runId }, taken);
      if (outcome.outcome === 'accepted' && open.replyTo) open.repeat(questionOf(taken));
      else open.ask(questionOf(taken));
      const sent = await this.awaited(taken, open, untilMs);
      // Only an answer proves that what was accepted provisionally is durable.
      if (!sent.isAnswered && isProvisional) await this.submit(intake);
      return sent;
    } finally {
      open.close();
    }
  }

  /** Waits for the answer to an update that was accepted before. @throws ProblemError when it was refused, or failed. */
  async answer(workflowId: string, runId: string | undefined, updateId: string, waitMs: number): Promise<SentUpdate> {
    const untilMs = this.ports.clock.now() + waitMs;
    const run = await this.runs.find(workflowId, runId);
    const update = { workflowId, runId: run.runId, shard: run.shard, updateId };
    const open = this.questions.open();
    try {
      open.ask(questionOf(update));
      return await this.awaited(update, open, untilMs);
    } finally {
      open.close();
    }
  }

  private async submit(intake: SubmittedRequest) {
    const { workflowId, runId } = intake;
    const outcome = await this.lane.submit(intake);
    if (outcome.outcome === 'key-reused') throw reusedKey();
    if (outcome.outcome === 'unknown') throw notFound(workflowId, runId);
    if (outcome.outcome === 'closed') throw closedRun(workflowId, outcome.runId, outcome.status);
    return outcome;
  }

  private async awaited(update: Update, open: OpenQuestion, untilMs: number): Promise<SentUpdate> {
    const answer = await open.answer(untilMs);
    // The database has lost with its last moments what was accepted provisionally: it is no answer to the sender, who sends it again.
    const isLost = answer && isNeverSent(answer) && update.name !== undefined;
    if (!answer || isLost) return { isAnswered: false, address: addressOf(update), text: textOf(update) };
    return this.shown(update, answer);
  }

  private async shown(update: Update, answer: RunAnsweredMessage): Promise<SentUpdate> {
    const whole = answer.outcomeOmitted ? await this.fromHistory(answer) : answer;
    if (whole.outcome !== 'completed') throw await this.refusal(update, whole);
    return { isAnswered: true, address: addressOf(update), text: withMember(textOf(update), 'result', whole.result) };
  }

  /** What was too large for a message. */
  private async fromHistory(answer: RunAnsweredMessage): Promise<RunAnsweredMessage> {
    const [event] = await this.ports.runReader.readHistory(answer.runId, (answer.seq ?? 1) - 1, 1);
    if (event?.type === 'UpdateCompleted' && event.payload !== undefined)
      return { ...answer, result: await this.payloads.text(event.payload) };
    return event?.type === 'UpdateFailed' || event?.type === 'UpdateRejected' ? { ...answer, failure: event.data.failure } : answer;
  }

  private async refusal({ workflowId, runId, updateId, name = updateId }: Update, answer: RunAnsweredMessage): Promise<ProblemError> {
    const { status } = await this.runs.find(workflowId, runId);
    const of = { workflowId, runId, runStatus: status };
    const { outcome, names = [], failure = { type: 'Error', message: '' } } = answer;
    if (outcome === 'closed') return closedRun(workflowId, runId, status);
    if (isNeverSent(answer)) return new ProblemError('MARATHON_UPDATE_UNKNOWN', `no update "${updateId}" was ever sent to this run`, of);
    if (outcome === 'unknown') {
      const detail = `the run has no update "${name}": ${knownNames(names)}`;
      return new ProblemError('MARATHON_UPDATE_UNKNOWN', detail, { ...of, names: [...names] });
    }
    const code = outcome === 'rejected' ? 'MARATHON_UPDATE_REJECTED' : 'MARATHON_UPDATE_FAILED';
    return new ProblemError(code, `${failure.type}: ${failure.message}`, { ...of, failure: shownFailure(failure) });
  }
}

/** Nobody knows whether the owner accepts what it was offered: that this gateway cannot have it accepted is no word that it was not. */
function inDoubt(error: unknown): unknown {
  if (!(error instanceof MarathonError && error.retryable)) return error;
  return new CommitOutcomeUnknownError(`the run may have got the update: ${error.message}`, { cause: error });
}

const textOf = ({ workflowId, runId, updateId }: Update): string => JSON.stringify({ workflowId, runId, updateId });

const addressOf = ({ workflowId, runId, updateId }: Update): string =>
  `/workflows/${encodeURIComponent(workflowId)}/updates/${encodeURIComponent(updateId)}?runId=${runId}`;

/** A refusal stands in the history, and what was never sent does not. */
const isNeverSent = ({ outcome, seq }: RunAnsweredMessage): boolean => outcome === 'unknown' && seq === undefined;

const questionOf = ({ runId, shard, updateId }: Update): Question => ({
  shard,
  message: (to, replyTo) => ({ kind: 'update-awaited', to, runId, updateId, replyTo }),
});
