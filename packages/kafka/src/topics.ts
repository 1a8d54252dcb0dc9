import {
  activityCancellationsTopic,
  deadLetterTopic,
  eventsTopic,
  queueOfActivityTopic,
  queueOfWorkflowTopic,
  repliesTopic,
} from '@marathon/protocol';
import type { Admin } from 'kafkajs';

/** The largest record batch that a topic takes. */
export const batchBytesMax = 4_194_304;

const hints: ReadonlySet<string> = new Set([repliesTopic, eventsTopic, activityCancellationsTopic]);
const hintRetentionMs = 3_600_000;

/** Its messages are kept until the one group that works on it has finished them, and deleted then. */
export const isWorkTopic = (topic: string): boolean =>
  queueOfWorkflowTopic(topic) !== undefined || queueOfActivityTopic(topic) !== undefined;

/** How long messages are kept: hints are stale within an hour, work and dead letters never. Any other topic: as the broker does. */
function retentionOf(topic: string): readonly { readonly name: string; readonly value: string }[] {
  if (hints.has(topic)) return [{ name: 'retention.ms', value: String(hintRetentionMs) }];
  return isWorkTopic(topic) || topic === deadLetterTopic ? [{ name: 'retention.ms', value: '-1' }] : [];
}

/** The topics that this process has met, and how many partitions they have. Creates what is missing. */
export class Topics {
  readonly #counts = new Map<string, number>();
  readonly #asking = new Map<string, Promise<number>>();
  readonly #met = new Set<string>();

  constructor(
    private readonly admin: Admin,
    private readonly options: { readonly partitionsOf: (topic: string) => number; readonly replicationFactor: number },
  ) {}

  /** `undefined` until `ask` has resolved. */
  countOf(topic: string): number | undefined {
    return this.#counts.get(topic);
  }

  /** Asks the broker, and creates the topic when it is missing. Calls at the same time share one question. */
  ask(topic: string): Promise<number> {
    const known = this.#asking.get(topic);
    if (known) return known;
    this.#met.add(topic);
    const asking = this.#ask(topic).finally(() => this.#asking.delete(topic));
    this.#asking.set(topic, asking);
    return asking;
  }

  /**
   * Somebody has deleted topics: asks for all again that were met, and so creates what is missing. Not only for what is needed now: a
   * producer of kafkajs asks for all that it has ever sent to, and after some minutes sends nothing while one of them is missing.
   */
  restore(): void {
    this.#counts.clear();
    // What cannot be asked for now is when it is needed, or when a producer misses it again.
    for (const topic of this.#met) this.ask(topic).catch(() => undefined);
  }

  async #ask(topic: string): Promise<number> {
    const count = (await this.#count(topic)) ?? (await this.#create(topic));
    this.#counts.set(topic, count);
    return count;
  }

  async #count(topic: string): Promise<number | undefined> {
    try {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.length;
    } catch (error) {
      if (isUnknownTopic(error)) return undefined;
      throw error;
    }
  }

  /** Another process may have been quicker: what it created counts. */
  async #create(topic: string): Promise<number> {
    await this.admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: this.options.partitionsOf(topic),
          replicationFactor: this.options.replicationFactor,
          configEntries: [{ name: 'max.message.bytes', value: String(batchBytesMax) }, ...retentionOf(topic)],
        },
      ],
    });
    const count = await this.#count(topic);
    if (count === undefined) throw new Error(`topic ${topic} was created and is gone`);
    return count;
  }
}

/** Whether this error, or one that it wraps, says that a topic does not exist. */
export function isUnknownTopic(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ((each as Error & { readonly type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return true;
  }
  return false;
}
