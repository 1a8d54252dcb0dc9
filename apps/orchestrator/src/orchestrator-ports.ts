import type {
  Clock,
  DefinitionRegistry,
  LimitStore,
  MessagePublisher,
  Outbox,
  PayloadStore,
  RunIntake,
  RunReader,
  RunStore,
  Stream,
  TurnMonitor,
} from '@marathon/core';

/** What an orchestrator is made of; whoever composes the process chooses the adapters. */
export interface OrchestratorPorts {
  /** Names this process in the shards it owns and the outbox entries it leaves. */
  readonly processName: string;
  /** One for each lane: a lane commits over a connection of its own. */
  readonly laneStores: readonly RunStore[];
  /** For everything that is not on the hot path. */
  readonly store: RunStore;
  readonly outbox: Outbox;
  /** How runs start other runs, and bring them requests. */
  readonly runIntake: RunIntake;
  readonly runReader: Pick<RunReader, 'readClosings'>;
  readonly payloads: PayloadStore;
  readonly limits: LimitStore;
  readonly definitionRegistry: DefinitionRegistry;
  readonly stream: Stream;
  readonly publisher: MessagePublisher;
  readonly clock: Clock;
  readonly turnMonitor: TurnMonitor;
}
