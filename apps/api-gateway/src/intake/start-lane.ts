import {
  hasLarge,
  type Message,
  type ReplyAddress,
  type RunEvents,
  type RunStart,
  type ShardAddress,
  type StartOutcome,
  type TypedEvent,
} from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { Announcer } from './announcer.js';
import { Lane } from './lane.js';

export interface StartSubmission {
  readonly start: RunStart;
  readonly to: ShardAddress;
  /** Present when somebody waits for the result. */
  readonly replyTo: ReplyAddress | undefined;
  readonly bytes: number;
}

/** Starts share a commit; those that are new are announced to their owners after it. */
@Injectable()
export class StartLane {
  private readonly lane = new Lane<StartSubmission, StartOutcome>((submissions) => this.commit(submissions));

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runIntake' | 'processName'>,
    private readonly announcer: Announcer,
    private readonly payloads: LargePayloads,
  ) {}

  /** Resolves when the outcome is durable. @throws ProblemError MARATHON_OVERLOADED */
  submit(submission: StartSubmission): Promise<StartOutcome> {
    if (!hasLarge(submission.start.started)) return this.lane.submit(submission, submission.bytes);
    return this.submitLarge(submission);
  }

  private async submitLarge(submission: StartSubmission): Promise<StartOutcome> {
    const { start } = submission;
    const started = await this.payloads.moveOutOfStart(start.started);
    const bytes = submission.bytes - charsOf(start.started) + charsOf(started);
    return this.lane.submit({ ...submission, start: { ...start, started }, bytes }, bytes);
  }

  private async commit(submissions: readonly StartSubmission[]): Promise<readonly StartOutcome[]> {
    const { outcomes, entry } = await this.ports.runIntake.start(
      this.ports.processName,
      submissions.map(({ start }) => start),
    );
    const started = submissions.filter((_, index) => outcomes[index]?.outcome === 'started');
    if (started.length > 0) this.announcer.announce(started.map(runStarted), entry);
    this.announcer.tell(started.map(firstEvents));
    return outcomes;
  }
}

const charsOf = ({ payload, data }: TypedEvent<'WorkflowStarted'>): number =>
  [payload, ...(data.signals ?? []).map((signal) => signal.payload)].reduce((sum, text) => sum + (text?.length ?? 0), 0);

const runStarted = ({ start, to, replyTo }: StartSubmission): Message => ({
  kind: 'run-started',
  to,
  runId: start.runId,
  started: start.started,
  ...(replyTo && { replyTo }),
});

const firstEvents = ({ start: { runId, started } }: StartSubmission): RunEvents => {
  const { workflowId, workflow } = started.data;
  return { runId, workflowId, workflow, events: [started] };
};
