import { createHash } from 'node:crypto';
import {
  decodePayload,
  isReference,
  type Payload,
  type PayloadReference,
  readReference,
  recordedPayload,
  type TaskMessage,
} from '@marathon/core';
import { tokenOf } from './activity-token.js';
import { Room } from './room.js';

// What is too large for messages goes over a gateway: its address comes with the task.
//   G1  An input is read when its attempt begins, and no more of them are in memory than there is room for.
//   G2  An input that cannot be read now is no fault of the attempt: the task is handed back, and comes again with a fresh address.
//   G3  A large result is as good as sent when the gateway has taken it: it is durable then, and the owner of the run is told.

/** Of inputs that attempts of this process work on; one may be larger alone. */
const inputBytesMax = 256 * 1024 * 1024;
const requestTimeoutMs = 60_000;

/** Why the attempt cannot begin here and now. */
export class InputUnreadableError extends Error {}

export interface ReadInput {
  readonly value: unknown;
  /** The attempt is over: others may read theirs. */
  release(): void;
}

/** `refused`: it never will be taken. `unwanted`: the attempt is over. `unreachable`: it may be taken later. */
export type Brought = 'taken' | 'unwanted' | 'refused' | 'unreachable';

export class Gateway {
  readonly #room = new Room(inputBytesMax);

  /** @throws InputUnreadableError */
  async read(task: TaskMessage, input: PayloadReference): Promise<ReadInput> {
    const { sha256, bytes } = readReference(input);
    const release = await this.#room.take(bytes);
    try {
      return { value: decodePayload(await this.#fetch(task.inputAddress, sha256)), release };
    } catch (error) {
      release();
      throw error instanceof InputUnreadableError ? error : new InputUnreadableError(`the input cannot be read: ${wordsOf(error)}`);
    }
  }

  async bring(task: TaskMessage, result: Payload): Promise<Brought> {
    try {
      const response = await fetch(`${task.gatewayUrl}/tokens/${tokenOf(task)}/complete`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: result,
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      await response.arrayBuffer();
      if (response.ok) return 'taken';
      if (response.status === 404 || response.status === 409) return 'unwanted';
      return response.status < 500 && response.status !== 429 ? 'refused' : 'unreachable';
    } catch {
      return 'unreachable';
    }
  }

  async #fetch(address: string | undefined, sha256: string): Promise<Payload> {
    if (!address) throw new InputUnreadableError('the input is too large for a message, and its orchestrator knows no gateway');
    const response = await fetch(address, { signal: AbortSignal.timeout(requestTimeoutMs) });
    const text = await response.text();
    if (!response.ok) throw new InputUnreadableError(`the gateway does not give the input: ${response.status} ${text.slice(0, 500)}`);
    if (createHash('sha256').update(text).digest('hex') !== sha256)
      throw new InputUnreadableError('what the gateway gave is not the input: its digest is another');
    return recordedPayload(text);
  }
}

/** True when a result of that size can be brought. */
export const reachesGateway = ({ gatewayUrl, tokenKey }: TaskMessage): boolean => gatewayUrl !== undefined && tokenKey !== undefined;

/** An input that has to be fetched. */
export const inputElsewhere = ({ input }: TaskMessage): PayloadReference | undefined => (isReference(input) ? input : undefined);

function wordsOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
