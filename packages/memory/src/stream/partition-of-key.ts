const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * The partition that Apache Kafka's default partitioner gives a key: murmur2 of its UTF-8, made positive, modulo the count.
 * After `Utils.murmur2` of kafka-clients (org.apache.kafka.common.utils), which kafkajs's DefaultPartitioner ports too: so every
 * adapter sends a key to the same partition.
 */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** 32 bits, signed. */
export function murmur2(data: Uint8Array): number {
  const words = data.length >> 2;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let hash = seed ^ data.length;
  for (let word = 0; word < words; word += 1) {
    let k = Math.imul(view.getInt32(word * 4, true), multiplier);
    k = Math.imul(k ^ (k >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ k;
  }
  const tail = words * 4;
  if (tail < data.length) {
    for (let i = data.length - 1; i >= tail; i -= 1) hash ^= view.getUint8(i) << ((i - tail) * 8);
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
