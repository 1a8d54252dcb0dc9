import type { DeadLetterMessage } from '../messages/message.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import { untilAvailable } from '../until-available.js';
import { publishSlimmed } from './publish-slimmed.js';

// Messages that nobody can read are put where people find them, and their partitions go on.
//   B1  A message is finished when the stream has taken its dead letter, and not before.
//   B2  What waits is bounded: above a bound receivers should pause, and go on when `onRoom` is called.
//   B3  A letter that is too large is shortened, and says so.

const lettersMax = 1_000;
const charsMax = 16 * 1_024 * 1_024;
const lettersPerPublish = 100;

interface Burial {
  readonly letter: DeadLetterMessage;
  readonly chars: number;
  readonly done: () => void;
}

/** Publishes dead letters, one call at a time, for as long as it takes. */
export class DeadLetters {
  private readonly waiting: Burial[] = [];
  private chars = 0;
  private isSending = false;
  private isStopped = false;

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly clock: Clock,
    private readonly log: Log,
    /** Called when there is room again. */
    private readonly onRoom: () => void = () => {},
  ) {}

  /** False while no more letters should come. */
  get hasRoom(): boolean {
    return this.waiting.length < lettersMax && this.chars < charsMax;
  }

  /** Calls `done` when the stream has taken it; never when it was stopped before: then the message comes again, to somebody else. */
  bury(letter: DeadLetterMessage, done: () => void): void {
    if (this.isStopped) return;
    const chars = letter.found?.value.length ?? 0;
    this.waiting.push({ letter, chars, done });
    this.chars += chars;
    if (!this.isSending) void this.sendAll();
  }

  /** Gives up what is not sent. */
  stop(): void {
    this.isStopped = true;
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    while (this.waiting.length > 0 && !this.isStopped) {
      const burials = this.waiting.slice(0, lettersPerPublish);
      const isSent = await this.send(burials.map(({ letter }) => letter));
      const hadRoom = this.hasRoom;
      this.waiting.splice(0, burials.length);
      for (const { chars } of burials) this.chars -= chars;
      if (isSent) for (const { done } of burials) done();
      if (!hadRoom && this.hasRoom) this.onRoom();
    }
    this.isSending = false;
  }

  private async send(letters: readonly DeadLetterMessage[]): Promise<boolean> {
    const { clock, log } = this;
    try {
      await untilAvailable({ clock, log, what: 'publish dead letters', isWanted: () => !this.isStopped }, () =>
        publishSlimmed(this.publisher, letters),
      );
      return true;
    } catch (error) {
      if (!this.isStopped) log.error('dead letters could not be published: their messages stay unfinished', { error });
      return false;
    }
  }
}
