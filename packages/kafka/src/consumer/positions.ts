import { isReleased, taken } from './finished-set.js';
import type { GroupSession } from './group-session.js';
import type { OwnedPartition } from './owned-partition.js';
import type { OwnedPartitions } from './owned-partitions.js';

/** Where the group is in its partitions: reads it from the broker, and writes it there in the background. */
export class Positions {
  #isAbandoned = false;
  #refusal: { readonly sinceMs: number; readonly error: Error } | undefined;

  constructor(
    private readonly session: GroupSession,
    private readonly owned: OwnedPartitions,
  ) {}

  /** Since when the broker has refused every commit that was due, and why it did first. */
  get refusal(): { readonly sinceMs: number; readonly error: Error } | undefined {
    return this.#refusal;
  }

  /**
   * Begins the partitions where the group is. One that nobody ever had, or that was released, is committed at once: whoever comes
   * next knows by that that somebody may have begun with its messages.
   */
  async find(partitions: readonly OwnedPartition[]): Promise<void> {
    const [committed, starts, ends] = await Promise.all([
      this.session.committed(partitions),
      this.#logOffsets(partitions, true),
      this.#logOffsets(partitions, false),
    ]);
    const known = new Map(committed.map((position) => [keyOf(position), position]));
    const found = partitions.map((owned) => {
      const [position, logStart, logEnd] = [known.get(keyOf(owned)), starts.get(keyOf(owned)), ends.get(keyOf(owned))];
      if (!position || logStart === undefined || logEnd === undefined) throw new Error(`no position of ${owned.topic}/${owned.partition}`);
      const committed = position.offset === -1 ? undefined : { offset: position.offset, metadata: taken(position.metadata) };
      return { owned, logStart, logEnd, committed, isReleased: isReleased(position.metadata) };
    });
    const untouched = found.filter(({ committed, isReleased }) => committed === undefined || isReleased);
    if (untouched.length > 0) {
      await this.session.commit(
        untouched.map(({ owned: { topic, partition }, logStart, committed = { offset: logStart, metadata: '' } }) => ({
          topic,
          partition,
          ...committed,
        })),
      );
    }
    for (const { owned, ...position } of found) owned.begin(position);
  }

  /** The log is another one: how far we were in the one before is committed no more. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  /** What the broker refuses is due again: it is another generation's then, or the next interval's. */
  async commit(): Promise<void> {
    if (this.#isAbandoned) return;
    const due = [...this.owned].flatMap(({ topic, partition, progress }) => {
      const position = progress?.commit();
      return progress && position ? { topic, partition, ...position, progress } : [];
    });
    if (due.length === 0) {
      this.#refusal = undefined;
      return;
    }
    try {
      await this.session.commit(due);
      for (const { progress, offset, metadata } of due) progress.committed({ offset, metadata });
      this.#refusal = undefined;
    } catch (error) {
      this.#refusal ??= { sinceMs: Date.now(), error: error as Error };
      for (const { progress } of due) progress.notCommitted();
    }
  }

  async #logOffsets(partitions: readonly OwnedPartition[], fromBeginning: boolean): Promise<ReadonlyMap<string, number>> {
    const asked = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, its]) => ({
      topic,
      partitions: its.map(({ partition }) => ({ partition })),
      fromBeginning,
    }));
    const topics = await this.session.cluster.fetchTopicsOffset(asked);
    return new Map(
      topics.flatMap(({ topic, partitions: answered }) =>
        answered.map(({ partition, offset }) => [keyOf({ topic, partition }), Number(offset)] as const),
      ),
    );
  }
}

const keyOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string => `${partition} ${topic}`;
