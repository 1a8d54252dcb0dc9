import {
  type AttemptRef,
  type CaughtFailure,
  encodePayload,
  failureOf,
  type NewActivityRequest,
  type Payload,
  RunState,
  recordedError,
  runId,
} from '@marathon/core';
import type { Simulation } from '../simulation/simulation.js';
import { AttemptOverError, RunNotOpenError, TokenUnknownError } from './errors.js';
import type { Waiting } from './waiting.js';

/** What stands for a token in a test: as opaque, and no secret. */
export const tokenOf = ({ runId: run, activitySeq, attempt }: AttemptRef): string => `token-${run}-${activitySeq}-${attempt}`;

const tokenPattern = /^token-(.+)-(\d+)-(\d+)$/;

/** What those say to whom mocks handed out their tokens. */
export class ActivityTokens {
  constructor(
    private readonly world: Simulation,
    private readonly waiting: Waiting,
  ) {}

  async complete(token: string, result: unknown): Promise<void> {
    const payload = encodePayload(result, 'the result');
    const attempt = await this.find(token, 'any');
    await this.submit(attempt, { kind: 'complete-activity', ...partsOf(attempt), ...(payload !== undefined && { payload }) });
  }

  async fail(token: string, thrown: Error | CaughtFailure): Promise<void> {
    const failure = failureOf(thrown instanceof Error ? thrown : recordedError(thrown));
    const attempt = await this.find(token, 'current');
    await this.submit(attempt, { kind: 'fail-activity', ...partsOf(attempt), failure });
  }

  async heartbeat(token: string, details: unknown): Promise<void> {
    const payload: Payload | undefined = encodePayload(details, 'the details');
    const attempt = await this.find(token, 'current');
    await this.world.heartbeat(attempt, payload);
    await this.waiting.atRest();
  }

  /** A result is taken of any attempt, as long as the activity is open. */
  private async find(token: string, which: 'any' | 'current'): Promise<AttemptRef> {
    const [, run = '', seq, number] = tokenPattern.exec(token) ?? [];
    const attempt = { runId: runId(run), activitySeq: Number(seq), attempt: Number(number) };
    const history = await this.world.history(attempt.runId);
    if (history.length === 0) throw new TokenUnknownError(`there is no attempt with the token "${token}"`);
    const activity = RunState.of(history).activities.get(attempt.activitySeq);
    if (!activity) throw new AttemptOverError('the activity has an outcome, or was canceled');
    if (which === 'current' && activity.attempt !== attempt.attempt)
      throw new AttemptOverError(`attempt ${attempt.attempt} is over: the activity is at attempt ${activity.attempt}`);
    return attempt;
  }

  private async submit({ runId: run }: AttemptRef, request: NewActivityRequest): Promise<void> {
    const { workflowId } = await this.world.find(run);
    if (!(await this.world.request(workflowId, request, run))) throw new RunNotOpenError(`run ${run} is not open`);
    await this.waiting.atRest();
  }
}

const partsOf = ({ activitySeq, attempt }: AttemptRef) => ({ activitySeq, attempt });
