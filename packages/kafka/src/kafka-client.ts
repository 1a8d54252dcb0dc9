import { connect as connectSocket, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import './idle-request-queues.js';
import type { KafkaStreamOptions } from './kafka-stream.options.js';
import { givingWholeResponses } from './whole-responses.js';

/** The group gives a member's partitions away when it was silent for so long. */
export const sessionTimeoutMs = 6_000;

/** Nagle's algorithm would hold back every small request: 20 ms a hop. */
const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const name = isIP(host) ? {} : { servername: host };
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connectSocket({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  return givingWholeResponses(socket);
};

/**
 * A client of its own for each consumer: kafkajs shares what a group has committed among all consumers of one client, which
 * two members of one group would spoil for each other. It tells its log nothing: what matters is logged once by who tries again.
 */
export function kafkaClient(options: KafkaStreamOptions): Kafka {
  const config: KafkaConfig = {
    brokers: [...options.brokers],
    clientId: options.clientId,
    socketFactory,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
    logLevel: kafkajs.logLevel.NOTHING,
    ...(options.tls ? { ssl: { ...options.tls } } : {}),
    ...(options.sasl ? { sasl: options.sasl as SASLOptions } : {}),
  };
  return new kafkajs.Kafka(config);
}
