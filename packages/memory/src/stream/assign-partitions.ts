import type { TopicPartition } from '@marathon/core';

export interface Member {
  readonly topics: readonly string[];
}

export interface Holding<M> extends TopicPartition {
  readonly member: M;
}

/**
 * Who of a group gets which partition: even to within one partition a topic, and moving as few as that allows. Topics without a
 * member are left out. `members` in the order in which they joined; `held` is the assignment until now.
 */
export function assignPartitions<M extends Member>(
  members: readonly M[],
  partitionsOf: ReadonlyMap<string, number>,
  held: readonly Holding<M>[],
): readonly Holding<M>[] {
  const load = new Map(members.map((member) => [member, 0]));
  const result: Holding<M>[] = [];
  for (const [topic, partitions] of partitionsOf) {
    const readers = members.filter((member) => member.topics.includes(topic));
    if (readers.length === 0) continue;
    const assigned = assignTopic(
      readers,
      partitions,
      held.filter((holding) => holding.topic === topic),
      load,
    );
    assigned.forEach((member, partition) => {
      result.push({ topic, partition, member });
      load.set(member, (load.get(member) ?? 0) + 1);
    });
  }
  return result;
}

/** The member of each partition of one topic. `load` is what members have of other topics: it decides who gets one more. */
function assignTopic<M>(
  readers: readonly M[],
  partitions: number,
  held: readonly Holding<M>[],
  load: ReadonlyMap<M, number>,
): readonly M[] {
  const fewest = Math.floor(partitions / readers.length);
  let oneMore = partitions % readers.length;
  const result: (M | undefined)[] = new Array<M | undefined>(partitions).fill(undefined);
  const count = new Map(readers.map((reader) => [reader, 0]));
  for (const { member, partition } of held) {
    const has = count.get(member);
    if (has === undefined || has > fewest || (has === fewest && oneMore === 0)) continue;
    if (has === fewest) oneMore -= 1;
    result[partition] = member;
    count.set(member, has + 1);
  }
  return result.map((member) => {
    if (member !== undefined) return member;
    const least = readers.reduce((best, reader) => (weight(reader) < weight(best) ? reader : best));
    count.set(least, (count.get(least) ?? 0) + 1);
    return least;
  });

  function weight(reader: M): number {
    return (count.get(reader) ?? 0) * 1_000_000 + (load.get(reader) ?? 0);
  }
}
