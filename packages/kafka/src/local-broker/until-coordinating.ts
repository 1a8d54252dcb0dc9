import '../idle-request-queues.js';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

/** Resolves when the broker answers for consumer groups; its port is open seconds before. Gives up when the signal aborts. */
export async function untilCoordinating(broker: string, signal: AbortSignal): Promise<void> {
  const kafka = new Kafka({ clientId: 'readiness', brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  for (; !signal.aborted; await delay(100, undefined, { signal }).catch(() => undefined)) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.describeCluster(); // kafkajs asks no broker for a coordinator before it knows them
      await admin.describeGroups(['readiness']);
      return;
    } catch {
      // not yet
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
