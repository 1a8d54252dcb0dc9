import kafkajs, { type Admin, type Kafka } from 'kafkajs';

/** kafkajs as it comes, for tests that look at Kafka from outside. */
export const plainClient = (brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], clientId: 'plain', logLevel: kafkajs.logLevel.NOTHING });

/** What `group` has committed for each partition of the topic, by its number. */
export async function committed(
  admin: Admin,
  group: string,
  topic: string,
): Promise<ReadonlyMap<number, { offset: number; metadata: string }>> {
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  return new Map(
    found?.partitions.map(({ partition, offset, metadata }) => [partition, { offset: Number(offset), metadata: metadata ?? '' }]),
  );
}
