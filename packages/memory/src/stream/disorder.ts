import { setImmediate as nextTurn } from 'node:timers/promises';
import { Random } from '../random.js';

export interface DisorderOptions {
  /** The same seed gives the same disorder for the same calls. */
  readonly seed: number;
  /** How likely each thing is, from 0 to 1, each time it may happen. Default 0.1. */
  readonly likelihood?: number;
}

/** At most so many turns of the event loop does a `publish` wait before its messages are taken. */
const turnsMax = 4;

/**
 * Everything that the stream's port does not forbid, drawn from a seed, so that nobody learns to rely on more:
 *
 *  - a message is taken twice (S1), and overlapping calls of `publish` are taken in another order (S2)
 *  - a partition, or a tail, is held back for some turns while others go on (S2)
 *  - a partition is taken away and given out again, perhaps to the same consumer (S3): what is unfinished comes again, and some
 *    of what was finished, too (S4); who lost it gets some of its messages nevertheless (S3)
 */
export class Disorder {
  /** How many finished messages of a partition may come again. */
  readonly repeats = 8;
  readonly #random: Random;
  readonly #likelihood: number;

  constructor({ seed, likelihood = 0.1 }: DisorderOptions) {
    this.#random = new Random(seed);
    this.#likelihood = likelihood;
  }

  /** Resolves when a `publish` may go on, perhaps some turns later. */
  async delay(): Promise<void> {
    const turns = this.#happens() ? 1 + this.#random.below(turnsMax) : 0;
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  }

  /** Whether a message is taken once more. */
  repeatsMessage(): boolean {
    return this.#happens();
  }

  /** Whether what waits now waits until the next turn. */
  holdsBack(): boolean {
    return this.#happens();
  }

  shuffled<T>(items: readonly T[]): readonly T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.#random.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** Whether a partition is taken from its consumer now; a tenth as likely as the rest. */
  movesPartition(): boolean {
    return this.#random.fraction() < this.#likelihood / 10;
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }

  #happens(): boolean {
    return this.#random.fraction() < this.#likelihood;
  }
}
