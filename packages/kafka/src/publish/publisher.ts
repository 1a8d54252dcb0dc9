import { messageBytesMax, type OutgoingMessage, StreamPublishError } from '@marathon/core';
import kafkajs, { type PartitionMetadata, type Producer, type TopicMessages } from 'kafkajs';
import { isUnknownTopic, type Topics } from '../topics.js';
import { Flight } from './flight.js';
import { bytesOf } from './message-bytes.js';
import { PublishCall } from './publish-call.js';

/** Small sends go one after the other: while one is answered, the next one fills. A large one holds up nobody. */
const smallBytesMax = 131_072;
const flightsMax = 4;
const waitingBytesMax = 67_108_864;
const ackTimeoutMs = 10_000;

/**
 * Sends what many calls publish together: all that comes in one turn of the event loop, or while a send is under way, goes as one.
 * At most 64 MiB wait; a call beyond is refused at once, for good reason to try again later.
 */
export class Publisher {
  readonly #partitionOf = kafkajs.Partitioners.DefaultPartitioner();
  #waiting: Flight[] = [];
  #waitingBytes = 0;
  readonly #flying = new Set<Promise<void>>();
  #isSmallUnderWay = false;
  #isDue = false;

  /** `scope` runs what must not inherit the async context of who publishes. */
  constructor(
    private readonly producer: Producer,
    private readonly topics: Topics,
    private readonly scope: <R>(work: () => R) => R,
  ) {}

  /**
   * @throws StreamPublishError
   * @throws RangeError when a message names a partition that its topic does not have.
   */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    if (messages.some(this.#isStrange)) await this.#meet(messages);
    if (this.#waitingBytes > waitingBytesMax) throw new StreamPublishError('more waits to be published than is kept', []);
    const call = new PublishCall(messages);
    for (const message of messages) this.#board(message, call);
    if (call.tooLarge.length === messages.length) call.end();
    else this.#schedule();
    return call.ended;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#waiting.length > 0 || this.#flying.size > 0) {
      await Promise.all(this.#flying);
      await new Promise(setImmediate);
    }
  }

  async #meet(messages: readonly OutgoingMessage[]): Promise<void> {
    const strange = new Set(messages.filter(this.#isStrange).map(({ topic }) => topic));
    try {
      await this.scope(() => Promise.all([...strange].map((topic) => this.topics.ask(topic))));
    } catch (cause) {
      throw new StreamPublishError('Kafka does not tell its topics', [], { cause });
    }
    const stray = messages.find(this.#isStrange);
    if (stray) throw new RangeError(`topic ${stray.topic} has no partition ${stray.partition}`);
  }

  /** Its topic is not known, or not to have such a partition: partitions may have been added. */
  readonly #isStrange = ({ topic, partition }: OutgoingMessage): boolean => (partition ?? 0) >= (this.topics.countOf(topic) ?? 0);

  #board(message: OutgoingMessage, call: PublishCall): void {
    const bytes = bytesOf(message);
    if (bytes > messageBytesMax) return call.refuse(message);
    const partition = this.#partition(message);
    let flight = this.#waiting.at(-1);
    const isAboard = flight?.calls.has(call);
    if (!flight?.take(message, partition, bytes, call)) {
      flight = new Flight();
      this.#waiting.push(flight);
      flight.take(message, partition, bytes, call);
      call.board();
    } else if (!isAboard) call.board();
    this.#waitingBytes += bytes;
  }

  #partition(message: OutgoingMessage): number {
    if (message.partition !== undefined) return message.partition;
    const count = this.topics.countOf(message.topic) as number;
    return this.#partitionOf({ topic: message.topic, partitionMetadata: withLeaders(count), message });
  }

  #schedule(): void {
    if (this.#isDue || !this.#mayDepart) return;
    this.#isDue = true;
    this.scope(() => setImmediate(this.#depart));
  }

  get #mayDepart(): boolean {
    return !this.#isSmallUnderWay && this.#flying.size < flightsMax;
  }

  readonly #depart = (): void => {
    this.#isDue = false;
    while (this.#mayDepart) {
      const flight = this.#waiting.shift();
      if (!flight) return;
      this.#waitingBytes -= flight.bytes;
      const isSmall = flight.bytes <= smallBytesMax;
      this.#isSmallUnderWay ||= isSmall;
      const flying = this.#fly(flight).finally(() => {
        this.#flying.delete(flying);
        if (isSmall) this.#isSmallUnderWay = false;
        if (this.#waiting.length > 0) this.#schedule();
      });
      this.#flying.add(flying);
    }
  };

  async #fly(flight: Flight): Promise<void> {
    try {
      await this.#send(flight.topicMessages);
      for (const call of flight.calls) call.land();
    } catch (error) {
      if (isTooLarge(error)) await Promise.all([...flight.calls].map((call) => this.#isolate(call)));
      else for (const call of flight.calls) call.land(error);
    }
  }

  /** A topic that others created may take less than ours: sends the call's messages again, to find the ones that are too large. */
  async #isolate(call: PublishCall): Promise<void> {
    try {
      await this.#sendHalves(
        call.messages.filter((message) => !call.tooLarge.includes(message)),
        call,
      );
      call.land();
    } catch (error) {
      call.land(error);
    }
  }

  async #sendHalves(messages: readonly OutgoingMessage[], call: PublishCall): Promise<void> {
    const topicMessages = messages.map((message) => ({
      topic: message.topic,
      messages: [{ key: message.key, value: message.value, headers: { ...message.headers }, partition: this.#partition(message) }],
    }));
    try {
      await this.#send(topicMessages);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (messages.length === 1) return call.refuse(messages[0] as OutgoingMessage);
      const middle = messages.length >> 1;
      await this.#sendHalves(messages.slice(0, middle), call);
      await this.#sendHalves(messages.slice(middle), call);
    }
  }

  async #send(topicMessages: TopicMessages[]): Promise<void> {
    try {
      await this.producer.sendBatch({ acks: -1, timeout: ackTimeoutMs, topicMessages });
    } catch (error) {
      if (isUnknownTopic(error)) this.topics.restore();
      throw error;
    }
  }
}

const leaders: PartitionMetadata[][] = [];

/** The partitioner asks which partitions have a leader; a key's partition does not depend on that. */
function withLeaders(count: number): PartitionMetadata[] {
  leaders[count] ??= Array.from({ length: count }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return leaders[count];
}

function isTooLarge(error: unknown): boolean {
  const type = (error as { readonly type?: string }).type;
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
}
