import { type DeadLetters, type IncomingMessage, MarathonError, type Message } from '@marathon/core';
import { deadLetterOf, expectMessage } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import type { Occurrences } from './occurrences.js';

type MessageOf<Kind extends Message['kind']> = Extract<Message, { readonly kind: Kind }>;

/** Reads messages of one kind off a topic. What cannot be read is counted and logged, and becomes a dead letter: it must block nothing. */
export class MessageReader<Kind extends Message['kind']> {
  readonly #kind: Kind;
  readonly #occurrences: Occurrences;
  readonly #deadLetters: DeadLetters;
  readonly #log = new Logger('ActivityWorker');

  constructor(kind: Kind, occurrences: Occurrences, deadLetters: DeadLetters) {
    this.#kind = kind;
    this.#occurrences = occurrences;
    this.#deadLetters = deadLetters;
  }

  /**
   * Nothing when it cannot be read; `done` is called when its dead letter is published. Without one, the message is of a topic that
   * nobody finishes: its letter is left out when too many wait.
   */
  read(incoming: IncomingMessage, done?: () => void): MessageOf<Kind> | undefined {
    try {
      return expectMessage(incoming, [this.#kind]);
    } catch (error) {
      const code = error instanceof MarathonError ? error.code : 'unknown';
      this.#note(code === 'MARATHON_MESSAGE_VERSION_UNKNOWN' ? 'unknown-version:' : `malformed:${code}`, incoming, error);
      if (done || this.#deadLetters.hasRoom) this.#deadLetters.bury(deadLetterOf(incoming, error), done ?? (() => {}));
      return undefined;
    }
  }

  #note(kind: string, { topic, partition, offset }: IncomingMessage, error: unknown): void {
    const count = this.#occurrences.count(kind);
    if (count !== undefined)
      this.#log.error(`a message cannot be read and is passed over (number ${count} of its kind)`, error, { topic, partition, offset });
  }
}
