/** A member of the group, and what it had when it last heard. */
export interface Claimant {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** Partitions by topic; empty for clients that do not say. */
  readonly owned: Readonly<Record<string, readonly number[]>>;
  /** The generation in which it got them: when two claim a partition, the later one has it. */
  readonly generationId: number;
}

/** Partitions by topic, by member. */
export type Assignment = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>;

/**
 * Who gets which partition: each topic is even among its readers to within one partition, and as few partitions move as that
 * allows. Every leader that sees the same claims decides the same.
 */
export function assignSticky(claimants: readonly Claimant[], partitionsOf: ReadonlyMap<string, number>): Assignment {
  const members = claimants.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const result = new Map(members.map(({ memberId }) => [memberId, {} as Record<string, readonly number[]>]));
  const load = new Map(members.map(({ memberId }) => [memberId, 0]));
  for (const topic of [...partitionsOf.keys()].toSorted()) {
    const readers = members.filter(({ topics }) => topics.includes(topic));
    if (readers.length === 0) continue;
    for (const [memberId, partitions] of assignTopic(topic, partitionsOf.get(topic) as number, readers, load)) {
      if (partitions.length === 0) continue;
      (result.get(memberId) as Record<string, readonly number[]>)[topic] = partitions.toSorted((a, b) => a - b);
      load.set(memberId, (load.get(memberId) as number) + partitions.length);
    }
  }
  return result;
}

function assignTopic(
  topic: string,
  count: number,
  readers: readonly Claimant[],
  load: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly number[]> {
  const kept = claimsOf(topic, count, readers);
  const fewest = Math.floor(count / readers.length);
  // Who has most keeps one more than the others; among equals, who has least of other topics.
  const ranked = readers.toSorted(
    (a, b) =>
      (kept.get(b.memberId) as number[]).length - (kept.get(a.memberId) as number[]).length ||
      (load.get(a.memberId) as number) - (load.get(b.memberId) as number),
  );
  const quota = new Map(ranked.map(({ memberId }, rank) => [memberId, fewest + (rank < count % readers.length ? 1 : 0)]));
  for (const [memberId, partitions] of kept) partitions.length = Math.min(partitions.length, quota.get(memberId) as number);
  const taken = new Set([...kept.values()].flat());
  const free = Array.from({ length: count }, (_, partition) => partition).filter((partition) => !taken.has(partition));
  for (const [memberId, partitions] of kept) partitions.push(...free.splice(0, (quota.get(memberId) as number) - partitions.length));
  return kept;
}

/** What each reader may keep of a topic: a partition is the last owner's, and partitions that do not exist are nobody's. */
function claimsOf(topic: string, count: number, readers: readonly Claimant[]): Map<string, number[]> {
  const owners = new Map<number, Claimant>();
  for (const reader of readers) {
    for (const partition of reader.owned[topic] ?? []) {
      const rival = owners.get(partition);
      if (partition < count && (!rival || rival.generationId < reader.generationId)) owners.set(partition, reader);
    }
  }
  const claims = new Map<string, number[]>(readers.map(({ memberId }) => [memberId, []]));
  for (const [partition, { memberId }] of owners) claims.get(memberId)?.push(partition);
  for (const partitions of claims.values()) partitions.sort((a, b) => a - b);
  return claims;
}
