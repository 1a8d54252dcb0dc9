import type { AcceptedUpdate, RequestIntake, RunAnsweredMessage, RunRequest, UpdateOfferedMessage } from '@marathon/core';
import type { ManualClock } from '@marathon/memory';

/** How long a gateway waits for the owner's word. */
const patienceMs = 2_000;

export type Offer = Pick<UpdateOfferedMessage, 'updateId' | 'name' | 'payload'>;

/** Updates that a simulated gateway has offered to owners. What they do not accept, it has accepted as every request is. */
export class OfferedUpdates {
  /** What is done about those that are not answered, by correlation id. */
  private readonly unanswered = new Map<string, () => void>();
  private readonly byUpdateId = new Map<string, Offer>();
  private count = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly accept: (intake: RequestIntake) => Promise<boolean>,
  ) {}

  /** The correlation id of an offer that is about to be sent, or lost. */
  open(workflowId: string, update: Offer): string {
    const id = `offer ${++this.count}`;
    const intake = { namespace: 'default', workflowId, idempotencyKey: update.updateId, fingerprint: update.name };
    this.unanswered.set(id, () => void this.accept({ ...intake, request: { kind: 'update', ...update } }));
    this.byUpdateId.set(update.updateId, update);
    this.clock.at(this.clock.now() + patienceMs, () => this.giveUp(id));
    return id;
  }

  onAnswer({ to, seq }: RunAnsweredMessage): void {
    if (seq === undefined) this.giveUp(to.correlationId);
    else this.unanswered.delete(to.correlationId);
  }

  /** What an owner has accepted, as a request. */
  requestOf({ n, idempotencyKey }: AcceptedUpdate): RunRequest {
    return { kind: 'update', n, ...(this.byUpdateId.get(idempotencyKey) as Offer) };
  }

  private giveUp(id: string): void {
    const accept = this.unanswered.get(id);
    this.unanswered.delete(id);
    accept?.();
  }
}
