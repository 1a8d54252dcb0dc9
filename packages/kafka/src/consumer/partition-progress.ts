import { decodeFinished, encodeFinished, released } from './finished-set.js';
import { OffsetRanges } from './offset-ranges.js';

/** Metadata of this length holds a partition's delivery until some of its unfinished messages are finished. */
const metadataCharsHeld = 3_072;

/** What a group has committed for a partition. */
export interface Committed {
  readonly offset: number;
  readonly metadata: string;
}

/** What of a partition was handed over, and what of that is finished. */
export class PartitionProgress {
  readonly #finished: OffsetRanges;
  #lowest: number;
  #next: number;
  #committed: Committed | undefined;
  #isChanged = false;
  readonly #letGo = new Set<number>();
  #isReleased = false;

  /** Begins where the group has got to, or at `start` when it has never been here. */
  constructor(start: number, committed?: Committed) {
    this.#lowest = start;
    this.#next = start;
    this.#finished = committed?.offset === start ? decodeFinished(committed.metadata, start) : new OffsetRanges();
    this.#committed = committed?.offset === start ? committed : undefined;
    this.#isChanged = this.#committed === undefined;
  }

  /** The lowest unfinished offset. */
  get lowest(): number {
    return this.#lowest;
  }

  /** Everything below was handed over or needs not be. */
  get next(): number {
    return this.#next;
  }

  /** Finished by this consumer or by an earlier one. */
  isFinished(offset: number): boolean {
    return offset < this.#lowest || this.#finished.has(offset);
  }

  /** Counts `offset` as handed over; offsets that were passed over, because the log has none, are finished. */
  hand(offset: number): void {
    if (offset > this.#next) this.#finish(this.#next, offset);
    this.#next = offset + 1;
  }

  /** The log was read up to here. */
  passTo(next: number): void {
    if (next <= this.#next) return;
    this.#finish(this.#next, next);
    this.#next = next;
  }

  /** What was never handed over cannot be finished. */
  finish(offset: number): void {
    if (offset < this.#next && !this.isFinished(offset)) this.#finish(offset, offset + 1);
  }

  /** It was handed over, and will not be begun. */
  letGo(offset: number): void {
    if (offset < this.#next && !this.isFinished(offset)) this.#letGo.add(offset);
  }

  /** Nothing more is handed over. When all that is unfinished was let go, the commit says so. */
  release(): void {
    for (let offset = this.#lowest; offset < this.#next; offset += 1) {
      if (!this.isFinished(offset) && !this.#letGo.has(offset)) return;
    }
    this.#isReleased = true;
    this.#isChanged = true;
  }

  /** What is to be committed; `undefined` when it is already. */
  commit(): Committed | undefined {
    if (!this.#isChanged) return undefined;
    this.#isChanged = false;
    const finished = encodeFinished(this.#finished, this.#lowest);
    const next = { offset: this.#lowest, metadata: this.#isReleased ? released(finished) : finished };
    if (next.offset === this.#committed?.offset && next.metadata === this.#committed.metadata) return undefined;
    return next;
  }

  committed(committed: Committed): void {
    this.#committed = committed;
  }

  /** The commit did not come through: it is due again. */
  notCommitted(): void {
    this.#isChanged = true;
  }

  /** What the group has committed for certain; `undefined` when nothing. */
  get committedOffset(): number | undefined {
    return this.#committed?.offset;
  }

  /** Too much is finished above what is not for one commit's metadata to hold a good deal more. */
  get isFull(): boolean {
    // A range rarely takes more than 8 characters: fewer ranges need not be encoded to know.
    if (this.#finished.count * 8 < metadataCharsHeld) return false;
    return encodeFinished(this.#finished, this.#lowest).length >= metadataCharsHeld;
  }

  #finish(start: number, end: number): void {
    this.#isChanged = true;
    this.#finished.add(start, end);
    this.#lowest = this.#finished.passFrom(this.#lowest);
  }
}
