/** A set of offsets, kept as ranges: messages that finish nearly in order cost next to nothing. */
export class OffsetRanges {
  /** Ascending: a range starts at every even index and ends, exclusive, at the odd one behind it. No two ranges touch. */
  readonly #bounds: number[] = [];

  /** How many ranges there are. */
  get count(): number {
    return this.#bounds.length / 2;
  }

  has(offset: number): boolean {
    return this.#above(offset) % 2 === 1;
  }

  /** Adds `start` up to, not including, `end`. */
  add(start: number, end: number): void {
    if (start >= end) return;
    const first = this.#above(start - 1);
    const behind = this.#above(end);
    const inserted: number[] = [];
    if (first % 2 === 0) inserted.push(start);
    if (behind % 2 === 0) inserted.push(end);
    this.#bounds.splice(first, behind - first, ...inserted);
  }

  /** The first offset from `offset` on that is not in the set. Everything below it is forgotten. */
  passFrom(offset: number): number {
    const behind = this.#above(offset);
    const end = behind % 2 === 1 ? (this.#bounds[behind] as number) : offset;
    this.#bounds.splice(0, behind % 2 === 1 ? behind + 1 : behind);
    return end;
  }

  *[Symbol.iterator](): Generator<readonly [start: number, end: number]> {
    for (let i = 0; i < this.#bounds.length; i += 2) yield [this.#bounds[i] as number, this.#bounds[i + 1] as number];
  }

  /** The index of the first bound that is larger than `offset`. */
  #above(offset: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] as number) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
