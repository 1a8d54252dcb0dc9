import { randomFillSync } from 'node:crypto';

/** 8 for the tail, 2 for the counter. */
const randomBytes = 10;
const poolBytes = 400 * randomBytes;

/**
 * UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, a 12-bit counter (6.2, method 1), 62 random bits. Within one process each is
 * greater than the one before, also when the clock goes back.
 */
export class UuidV7 {
  private readonly pool = Buffer.alloc(poolBytes);
  private used = poolBytes;
  private lastMs = 0;
  private counter = 0;

  constructor(private readonly now: () => number) {}

  next(): string {
    if (this.used === poolBytes) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const random = this.pool.subarray(this.used, this.used + randomBytes);
    this.used += randomBytes;
    this.tick(random.readUInt16BE(8));
    random[0] = 0x80 | ((random[0] as number) & 0x3f);
    const time = this.lastMs.toString(16).padStart(12, '0');
    const tail = random.toString('hex', 0, 8);
    const counter = this.counter.toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${tail.slice(0, 4)}-${tail.slice(4)}`;
  }

  /** A new millisecond starts the counter at random below its half; a full counter borrows from the next one. */
  private tick(random: number): void {
    const now = this.now();
    this.counter += 1;
    if (now <= this.lastMs && this.counter <= 0xfff) return;
    this.lastMs = Math.max(now, this.lastMs + 1);
    this.counter = random & 0x7ff;
  }
}
