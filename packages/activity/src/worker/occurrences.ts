/**
 * Counts what goes wrong, by kind, and says which of them to log: the first of a kind, the tenth, the hundredth and so on, so
 * that a flood leaves a handful of lines. Callers keep the number of kinds small.
 */
export class Occurrences {
  readonly #counts = new Map<string, number>();

  /** The number of this one, when it is one to log. */
  count(kind: string): number | undefined {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return Number.isInteger(Math.log10(count)) ? count : undefined;
  }

  /** Of all kinds that begin with `prefix`. */
  total(prefix: string): number {
    let total = 0;
    for (const [kind, count] of this.#counts) if (kind.startsWith(prefix)) total += count;
    return total;
  }
}
