import { type Message, type OutboxEntryId, Relay, type RunEvents, type Service } from '@marathon/core';
import { createLog } from '@marathon/host';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';

/**
 * Tells owners what was recorded for them. Nobody waits for it: what is not sent here is found by a sweeper (a start), or by the
 * owner, who reads the requests of its runs every few seconds.
 */
@Injectable()
export class Announcer implements Pick<Service, 'stop'> {
  private readonly relay: Relay;

  constructor(@Inject(GATEWAY_PORTS) { messagePublisher, outbox, clock }: Pick<GatewayPorts, 'messagePublisher' | 'outbox' | 'clock'>) {
    const log = createLog(Announcer.name);
    const onTooLarge = ({ kind }: Message) => log.error('a message is too large for the stream', { kind });
    this.relay = new Relay(messagePublisher, outbox, onTooLarge, clock, log);
  }

  /** @param entry the outbox entry of which these are all messages; it is deleted when they are sent. */
  announce(messages: readonly Message[], entry?: OutboxEntryId): void {
    this.relay.send(entry, messages);
  }

  /** Tells watchers what was recorded. */
  tell(events: readonly RunEvents[]): void {
    this.relay.tell(events);
  }

  stop(): Promise<void> {
    return this.relay.stop();
  }
}
