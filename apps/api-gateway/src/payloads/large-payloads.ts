import type { ServerResponse } from 'node:http';
import {
  type HistoryEvent,
  inlined,
  isReference,
  moveOut,
  type Payload,
  PayloadMissingError,
  type PayloadReference,
  readReference,
  referencesOf,
  type TypedEvent,
} from '@marathon/core';
import { PayloadAddresses } from '@marathon/host';
import type { PayloadAddress } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { LargeBodies } from './large-bodies.js';

/** How long the addresses that histories show can be read. */
const readableForMs = 3_600_000;

/** Payloads that stand beside histories: what comes in is put there when it is large, and what goes out is fetched from there. */
@Injectable()
export class LargePayloads {
  private loading: Promise<PayloadAddresses> | undefined;
  private readonly answered = new LargeBodies();

  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'payloads' | 'secrets' | 'clock'>) {}

  /** What is recorded: the same, unless it carries something large. Resolves when that is durable. */
  async moveOut<Carrier extends { readonly payload?: Payload }>(carrier: Carrier): Promise<Carrier> {
    const { payloads } = this.ports;
    const { moved, texts } = moveOut(carrier, (text) => payloads.referenceTo(text));
    if (texts.size > 0) await payloads.write(texts);
    return moved;
  }

  /** Of a start, the signals that it carries included. */
  async moveOutOfStart(started: TypedEvent<'WorkflowStarted'>): Promise<TypedEvent<'WorkflowStarted'>> {
    const moved = await this.moveOut(started);
    const { signals } = started.data;
    if (!signals) return moved;
    return { ...moved, data: { ...moved.data, signals: await Promise.all(signals.map((signal) => this.moveOut(signal))) } };
  }

  /** The text that a payload stands for. @throws PayloadMissingError */
  async text<P extends Payload | undefined>(payload: P): Promise<P | Payload> {
    if (!isReference(payload)) return payload;
    const text = (await this.ports.payloads.read([payload])).get(payload);
    if (text === undefined) throw new PayloadMissingError(payload);
    return text;
  }

  /** The same for an answer, until which it counts as in memory. @throws ProblemError MARATHON_OVERLOADED */
  async textFor(answer: ServerResponse, payload: Payload): Promise<Payload> {
    if (!isReference(payload)) return payload;
    const giveBack = this.answered.take(readReference(payload).bytes);
    if (!giveBack) throw new ProblemError('MARATHON_OVERLOADED', 'too many large payloads are read at a time');
    // One who has gone already is told of no more.
    if (answer.closed) giveBack();
    else answer.once('close', giveBack);
    return this.text(payload);
  }

  /** The event with all that it refers to. @throws PayloadMissingError */
  async whole(event: HistoryEvent): Promise<HistoryEvent> {
    const references = referencesOf(event);
    if (references.length === 0) return event;
    const texts = await this.ports.payloads.read(references);
    return inlined(event, (reference) => texts.get(reference));
  }

  /** Gives addresses, for a while, to whoever may read a history. */
  async addressing(): Promise<(reference: PayloadReference) => PayloadAddress> {
    const addresses = await this.addresses();
    return (reference) => ({
      url: addresses.issue(reference, this.ports.clock.now() + readableForMs),
      ...readReference(reference),
    });
  }

  addresses(): Promise<PayloadAddresses> {
    this.loading ??= PayloadAddresses.load(this.ports.secrets).catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }
}
