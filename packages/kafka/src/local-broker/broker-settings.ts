export interface BrokerPorts {
  readonly clients: number;
  readonly controller: number;
}

/**
 * The `server.properties` of one node that is broker and controller, on this machine only. Internal topics get one partition and one
 * replica: a coordinator that answers for one group answers for all. Small pools, since it shares the machine with everything else.
 */
export function serverProperties(logDirectory: string, { clients, controller }: BrokerPorts): string {
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${clients}`,
    'log.dirs': logDirectory,
    'auto.create.topics.enable': false,
    'message.max.bytes': 4 * 1024 * 1024 + 64 * 1024, // a topic's bound is 4 MiB
    'replica.fetch.max.bytes': 5 * 1024 * 1024,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 50,
    // A node that was killed may register again when its last session is over.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
