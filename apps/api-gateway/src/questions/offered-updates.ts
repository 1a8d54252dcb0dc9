import type { Payload, RunAnsweredMessage, RunId, ShardId, UpdateOfferedMessage } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { BoundedCache } from '../contracts/bounded-cache.js';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { Questions } from './questions.js';

// An update whose run is known to be in memory somewhere is offered to its owner, who accepts it with the commit that records it. This
// gateway has it accepted itself only when the owner declines, or says nothing for a while. The update's id keeps the two from being two.

/** Of the runs that took an update last. */
const placesCharsMax = 8 * 1_024 * 1_024;
const placeChars = 200;
/** More would have to be moved out of line first. */
const payloadCharsMax = 64 * 1_024;
const patienceMs = 2_000;

interface Place {
  readonly runId: RunId;
  readonly shard: ShardId;
}

type Offer = Pick<UpdateOfferedMessage, 'updateId' | 'name' | 'payload' | 'fingerprint'>;

@Injectable()
export class OfferedUpdates {
  private readonly places = new BoundedCache<Place>(placesCharsMax);

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>,
    private readonly questions: Questions,
  ) {}

  /** The run has taken an update, and will be offered the next one. */
  remember(workflowId: string, runId: string | undefined, { runId: takenBy, shard }: Place): void {
    const key = keyOf(workflowId, runId);
    this.places.set(key, { runId: takenBy, shard }, key.length + placeChars);
  }

  /** The answer; nothing when the update was not accepted so far, or nobody says so. */
  async send(workflowId: string, of: string | undefined, offer: Offer, untilMs: number) {
    const place = this.places.get(keyOf(workflowId, of));
    if (!place || !isSmall(offer.payload)) return undefined;
    const { runId, shard } = place;
    const open = this.questions.open();
    try {
      if (!open.replyTo) return undefined;
      open.askOnce({ shard, message: (to, replyTo) => ({ kind: 'update-offered', to, runId, ...offer, replyTo }) });
      const answer = await open.answer(Math.min(untilMs, this.ports.clock.now() + patienceMs));
      return answer && isAccepted(answer)
        ? { answer, update: { workflowId, runId, shard, updateId: offer.updateId, name: offer.name } }
        : undefined;
    } finally {
      open.close();
    }
  }
}

const keyOf = (workflowId: string, runId: string | undefined): string => `${runId ?? ''} ${workflowId}`;

const isSmall = (payload: Payload | undefined): boolean => payload === undefined || payload.length <= payloadCharsMax;

/** Of one that closed or does not know the update nothing follows. */
const isAccepted = ({ outcome, seq }: RunAnsweredMessage): boolean => outcome !== 'declined' && seq !== undefined;
