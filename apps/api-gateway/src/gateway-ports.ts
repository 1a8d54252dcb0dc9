import type {
  Clock,
  DefinitionRegistry,
  MessagePublisher,
  Outbox,
  PayloadStore,
  RunIntake,
  RunReader,
  Secrets,
  Stream,
} from '@marathon/core';
import type { Readiness } from '@marathon/host';

export const GATEWAY_PORTS = Symbol('GatewayPorts');

/** What a gateway is made of; whoever composes the process chooses the adapters. */
export interface GatewayPorts {
  /** Names this process in the outbox entries that it leaves. */
  readonly processName: string;
  readonly runIntake: RunIntake;
  readonly runReader: RunReader;
  readonly outbox: Outbox;
  readonly definitionRegistry: Pick<DefinitionRegistry, 'readAll' | 'readContracts'>;
  readonly stream: Pick<Stream, 'tail' | 'partitionsOf' | 'consumersOf' | 'isUsable'>;
  readonly secrets: Secrets;
  readonly payloads: PayloadStore;
  readonly messagePublisher: MessagePublisher;
  readonly clock: Clock;
  /** Its probes include that the database and the stream are usable. */
  readonly readiness: Pick<Readiness, 'read'>;
}
