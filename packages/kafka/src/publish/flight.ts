import type { OutgoingMessage } from '@marathon/core';
import type { TopicMessages } from 'kafkajs';
import type { PublishCall } from './publish-call.js';

/** kafkajs makes one record batch of what a send has for a partition, and the broker takes or refuses it whole. */
const partitionBytesMax = 900_000;
/** kafkajs copies a partition's list for each message that it adds to it. */
const partitionMessagesMax = 1_000;
const flightBytesMax = 8_388_608;

/** What goes to the brokers in one send: messages of many calls. */
export class Flight {
  readonly calls = new Set<PublishCall>();
  readonly #topics = new Map<string, TopicLoad>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get topicMessages(): TopicMessages[] {
    return [...this.#topics.values()];
  }

  /** Takes the message, or says that it belongs into another flight. A message larger than a partition's share travels alone in it. */
  take(message: OutgoingMessage, partition: number, bytes: number, call: PublishCall): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes > flightBytesMax) return false;
    const topic = this.#topics.get(message.topic) ?? { topic: message.topic, messages: [], partitions: [] };
    const load = topic.partitions[partition] ?? { bytes: 0, messages: 0 };
    if (load.messages > 0 && (load.bytes + bytes > partitionBytesMax || load.messages === partitionMessagesMax)) return false;
    if (topic.messages.length === 0) this.#topics.set(message.topic, topic);
    if (load.messages === 0) topic.partitions[partition] = load;
    load.bytes += bytes;
    load.messages += 1;
    this.#bytes += bytes;
    topic.messages.push(message.partition === partition ? message : { ...message, partition });
    this.calls.add(call);
    return true;
  }
}

interface TopicLoad {
  readonly topic: string;
  /** Each names its partition. */
  readonly messages: OutgoingMessage[];
  readonly partitions: { bytes: number; messages: number }[];
}
