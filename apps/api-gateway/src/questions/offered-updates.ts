import type { Payload, RunAnsweredMessage, RunId, ShardId, UpdateOfferedMessage } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { type AddressedRun, RememberedRuns } from '../reads/remembered-runs.js';
import { Questions } from './questions.js';

// An update whose run is known to be in memory somewhere is offered to its owner, who accepts it with the commit that records it. This
// gateway has it accepted itself only when the owner declines, or says nothing for a while. The update's id keeps the two from being two.

/** More would have to be moved out of line first. */
const payloadCharsMax = 64 * 1_024;
const patienceMs = 2_000;

interface Place {
  readonly runId: RunId;
  readonly shard: ShardId;
}

type Offer = Pick<UpdateOfferedMessage, 'updateId' | 'name' | 'payload' | 'fingerprint'>;

/** Answered: it was accepted. Open: nobody has said anything, and the owner may accept it yet. */
export type OfferOutcome =
  | ({ readonly outcome: 'answered'; readonly answer: RunAnsweredMessage } & Place)
  | { readonly outcome: 'open' | 'not-accepted' };

@Injectable()
export class OfferedUpdates {
  /** Of the runs that took an update last. */
  private readonly places = new RememberedRuns<Place>();

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>,
    private readonly questions: Questions,
  ) {}

  /** The run has taken an update, and will be offered the next one. */
  remember(address: AddressedRun, { runId, shard }: Place): void {
    this.places.set(address, { runId, shard });
  }

  async send(address: AddressedRun, offer: Offer, untilMs: number): Promise<OfferOutcome> {
    const place = this.places.get(address);
    if (!place || !isSmall(offer.payload)) return { outcome: 'not-accepted' };
    const { runId, shard } = place;
    const open = this.questions.open();
    try {
      if (!open.replyTo) return { outcome: 'not-accepted' };
      open.askOnce({ shard, message: (to, replyTo) => ({ kind: 'update-offered', to, runId, ...offer, replyTo }) });
      const answer = await open.answer(Math.min(untilMs, this.ports.clock.now() + patienceMs));
      if (!answer) return { outcome: 'open' };
      return isAccepted(answer) ? { outcome: 'answered', answer, runId, shard } : { outcome: 'not-accepted' };
    } finally {
      open.close();
    }
  }
}

const isSmall = (payload: Payload | undefined): boolean => payload === undefined || payload.length <= payloadCharsMax;

/** Of one that closed or does not know the update nothing follows. */
const isAccepted = ({ outcome, seq }: RunAnsweredMessage): boolean => outcome !== 'declined' && seq !== undefined;
