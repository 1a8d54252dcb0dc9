import type { Message, NewRequest, RequestIntake, RequestOutcome } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { Announcer } from './announcer.js';
import { Definitions } from './definitions.js';
import { Lane } from './lane.js';

/** What a request occupies beside its payload. */
const overheadBytes = 500;

/** Requests to runs share a commit; their owners are nudged after it. */
@Injectable()
export class RequestLane {
  private readonly lane = new Lane<RequestIntake, RequestOutcome>((requests) => this.commit(requests));

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runIntake'>,
    private readonly announcer: Announcer,
    private readonly definitions: Definitions,
  ) {}

  /** Resolves when the outcome is durable. @throws ProblemError MARATHON_OVERLOADED */
  submit(intake: RequestIntake): Promise<RequestOutcome> {
    return this.lane.submit(intake, overheadBytes + contentChars(intake.request));
  }

  private async commit(requests: readonly RequestIntake[]): Promise<readonly RequestOutcome[]> {
    const outcomes = await this.ports.runIntake.request(requests);
    void this.nudgeOwners(outcomes);
    return outcomes;
  }

  /** An owner whose address nobody knows reads its requests all the same. */
  private async nudgeOwners(outcomes: readonly RequestOutcome[]): Promise<void> {
    const nudges = await Promise.all(outcomes.map((outcome) => this.nudge(outcome).catch(() => undefined)));
    const messages = nudges.filter((message) => message !== undefined);
    if (messages.length > 0) this.announcer.announce(messages);
  }

  private async nudge(outcome: RequestOutcome): Promise<Message | undefined> {
    if (outcome.outcome !== 'accepted') return undefined;
    const to = await this.definitions.addressOf(outcome.shard);
    return to && { kind: 'request-accepted', to, runId: outcome.runId, n: outcome.request.n, request: outcome.request };
  }
}

function contentChars(request: NewRequest): number {
  if (request.kind === 'fail-activity') return request.failure.message.length + (request.failure.details?.length ?? 0);
  return 'payload' in request ? (request.payload?.length ?? 0) : 0;
}
