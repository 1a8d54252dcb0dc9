import { MarathonError } from '../errors.js';
import type { OutboxEntryId } from '../ids.js';
import type { Message, RunEvents } from '../messages/message.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import type { Outbox } from '../ports/outbox.port.js';
import { EventFeed } from './event-feed.js';
import { publishSlimmed } from './publish-slimmed.js';

// The relay publishes what a commit decided, at once, in the process that committed.
//   R1  An entry is published at least once. Twice is allowed: receivers drop what they have seen.
//   R2  Order is not promised: receivers go by ids and sequence numbers.
//   R3  A crash between publish and delete costs a duplicate, never a loss: a sweeper finds the entry.
//   R4  What the stream takes too slowly (a task queue that nobody serves) does not pile up here: above a bound of messages under
//       way nothing is published, and entries are left to the sweeper, which waits for the stream. What has no entry is always
//       published: who sends much of it looks for room first.
//   R5  Entries are deleted by the next commit, or by the relay itself when none comes: well before a sweeper's age.

/** How long a published entry may wait for a commit to delete it. */
const deleteAfterMs = 1_000;
const messagesUnderWayMax = 20_000;
/** A stream that is full may take nothing any more. */
const stopTimeoutMs = 1_000;

export class Relay {
  private published: OutboxEntryId[] = [];
  private cancelDeletion: (() => void) | undefined;
  private readonly underWay = new Set<Promise<void>>();
  private messagesUnderWay = 0;
  private readonly events: EventFeed;

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly outbox: Outbox,
    /** Called for a message that can never be sent, so that its run answers for it. */
    private readonly onTooLarge: (message: Message) => void,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.events = new EventFeed(publisher, clock);
  }

  /**
   * Publishes in the background. What cannot be published now is left to the sweeper.
   * @param besides has to be done, too, before the entry is deleted
   */
  send(entry: OutboxEntryId | undefined, messages: readonly Message[], besides?: Promise<unknown>): void {
    const isTooMuch = this.messagesUnderWay + messages.length > messagesUnderWayMax && this.messagesUnderWay > 0;
    if (isTooMuch && entry !== undefined) return;
    this.messagesUnderWay += messages.length;
    const published = publishSlimmed(this.publisher, messages, this.onTooLarge);
    const sending = (besides ? Promise.all([published, besides]) : published).then(
      () => {
        if (entry !== undefined) this.noteForDeletion(entry);
      },
      (error: unknown) => {
        if (!(error instanceof MarathonError && error.retryable)) this.log.error('messages could not be published', { error });
      },
    );
    this.underWay.add(sending);
    void sending.finally(() => {
      this.underWay.delete(sending);
      this.messagesUnderWay -= messages.length;
    });
  }

  /** Tells watchers what was committed. */
  tell(events: readonly RunEvents[]): void {
    this.events.tell(events);
  }

  /** True while the stream keeps up. */
  get hasRoom(): boolean {
    return this.messagesUnderWay <= messagesUnderWayMax / 2;
  }

  /** Entries to be deleted by the commit that is being made. */
  takePublished(): readonly OutboxEntryId[] {
    const taken = this.published;
    this.published = [];
    return taken;
  }

  /** The commit did not happen, or nobody knows: deleting twice is fine. */
  putBack(entries: readonly OutboxEntryId[]): void {
    this.published.push(...entries);
    if (entries.length > 0) this.scheduleDeletion();
  }

  /** Waits a moment for what is under way, and deletes what is published. The rest is the sweeper's. */
  async stop(): Promise<void> {
    let cancelTimeout = () => {};
    const timeout = new Promise<void>((resolve) => {
      cancelTimeout = this.clock.at(this.clock.now() + stopTimeoutMs, resolve);
    });
    await Promise.race([Promise.all([...this.underWay, this.events.stop()]), timeout]);
    cancelTimeout();
    this.cancelDeletion?.();
    await this.deletePublished();
  }

  private noteForDeletion(entry: OutboxEntryId): void {
    this.published.push(entry);
    this.scheduleDeletion();
  }

  private scheduleDeletion(): void {
    this.cancelDeletion ??= this.clock.at(this.clock.now() + deleteAfterMs, () => {
      this.cancelDeletion = undefined;
      void this.deletePublished();
    });
  }

  private async deletePublished(): Promise<void> {
    const entries = this.takePublished();
    if (entries.length === 0) return;
    try {
      await this.outbox.deleteEntries(entries);
    } catch {
      this.putBack(entries);
    }
  }
}
