/**
 * Keys seen lately. Each is remembered for `ageMs` at least and twice that at most, as long as no more than `countMax` others
 * come after it; never more than twice as many are kept. Two sets that take turns: forgetting costs nothing.
 */
export class RecentKeys {
  readonly #countMax: number;
  readonly #ageMs: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnsAtMs = 0;

  constructor(countMax: number, ageMs: number) {
    this.#countMax = countMax;
    this.#ageMs = ageMs;
  }

  add(key: string, nowMs: number): void {
    this.#turn(nowMs);
    this.#current.add(key);
  }

  has(key: string, nowMs: number): boolean {
    this.#turn(nowMs);
    return this.#current.has(key) || this.#previous.has(key);
  }

  delete(key: string): void {
    this.#current.delete(key);
    this.#previous.delete(key);
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#turnsAtMs && this.#current.size < this.#countMax) return;
    this.#previous = nowMs < this.#turnsAtMs + this.#ageMs ? this.#current : new Set();
    this.#current = new Set();
    this.#turnsAtMs = nowMs + this.#ageMs;
  }
}
