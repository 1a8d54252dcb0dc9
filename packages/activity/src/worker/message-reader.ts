import { type IncomingMessage, MarathonError, type Message } from '@marathon/core';
import { decodeMessage } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import type { Occurrences } from './occurrences.js';

type MessageOf<Kind extends Message['kind']> = Extract<Message, { readonly kind: Kind }>;

/** Reads messages of one kind off a topic. What cannot be read is counted and logged, and read no more: it must block nothing. */
export class MessageReader<Kind extends Message['kind']> {
  readonly #kind: Kind;
  readonly #occurrences: Occurrences;
  readonly #log = new Logger('ActivityWorker');

  constructor(kind: Kind, occurrences: Occurrences) {
    this.#kind = kind;
    this.#occurrences = occurrences;
  }

  read(incoming: IncomingMessage): MessageOf<Kind> | undefined {
    try {
      const message = decodeMessage(incoming);
      if (message.kind === this.#kind) return message as MessageOf<Kind>;
      this.#note('malformed:misplaced', incoming, new Error(`a message of kind "${message.kind}" does not belong into ${incoming.topic}`));
    } catch (error) {
      const code = error instanceof MarathonError ? error.code : 'unknown';
      this.#note(code === 'MARATHON_MESSAGE_VERSION_UNKNOWN' ? 'unknown-version:' : `malformed:${code}`, incoming, error);
    }
    return undefined;
  }

  #note(kind: string, { topic, partition, offset }: IncomingMessage, error: unknown): void {
    const count = this.#occurrences.count(kind);
    if (count !== undefined)
      this.#log.error(`a message cannot be read and is passed over (number ${count} of its kind)`, error, { topic, partition, offset });
  }
}
