import type { Message, NewRequest, Payload, ReplyAddress, RequestIntake, RequestOutcome } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { Announcer } from './announcer.js';
import { Definitions } from './definitions.js';
import { Lane } from './lane.js';

/** What a request occupies beside its payload. */
const overheadBytes = 500;

export interface SubmittedRequest extends RequestIntake {
  /** Where the answer to an update goes. */
  readonly replyTo?: ReplyAddress | undefined;
}

/** Requests to runs share a commit; their owners are nudged after it. */
@Injectable()
export class RequestLane {
  private readonly lane = new Lane<SubmittedRequest, RequestOutcome>((requests) => this.commit(requests));

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runIntake'>,
    private readonly announcer: Announcer,
    private readonly definitions: Definitions,
    private readonly payloads: LargePayloads,
  ) {}

  /** Resolves when the outcome is durable, unless it is provisional. @throws ProblemError MARATHON_OVERLOADED */
  async submit(intake: SubmittedRequest): Promise<RequestOutcome> {
    const request = await this.payloads.moveOut(intake.request as NewRequest & { readonly payload?: Payload });
    return this.lane.submit({ ...intake, request }, overheadBytes + contentChars(request));
  }

  private async commit(requests: readonly SubmittedRequest[]): Promise<readonly RequestOutcome[]> {
    const outcomes = await this.ports.runIntake.request(requests);
    void this.nudgeOwners(requests, outcomes);
    return outcomes;
  }

  /** An owner whose address nobody knows reads its requests all the same. */
  private async nudgeOwners(requests: readonly SubmittedRequest[], outcomes: readonly RequestOutcome[]): Promise<void> {
    const nudges = await Promise.all(outcomes.map((outcome, i) => this.nudge(outcome, requests[i]?.replyTo).catch(() => undefined)));
    const messages = nudges.filter((message) => message !== undefined);
    if (messages.length > 0) this.announcer.announce(messages);
  }

  private async nudge(outcome: RequestOutcome, replyTo: ReplyAddress | undefined): Promise<Message | undefined> {
    if (outcome.outcome !== 'accepted') return undefined;
    const to = await this.definitions.addressOf(outcome.shard);
    const { runId, request } = outcome;
    return to && { kind: 'request-accepted', to, runId, n: request.n, request, ...(replyTo && { replyTo }) };
  }
}

function contentChars(request: NewRequest): number {
  if (request.kind === 'fail-activity') return request.failure.message.length + (request.failure.details?.length ?? 0);
  return 'payload' in request ? (request.payload?.length ?? 0) : 0;
}
