/** Keys seen lately: at most `countMax`, the oldest forgotten first, each for `ageMsMax`. */
export class RecentKeys {
  readonly #expiryMs = new Map<string, number>();
  readonly #countMax: number;
  readonly #ageMsMax: number;

  constructor(countMax: number, ageMsMax: number) {
    this.#countMax = countMax;
    this.#ageMsMax = ageMsMax;
  }

  add(key: string, nowMs: number): void {
    this.#expiryMs.delete(key);
    if (this.#expiryMs.size >= this.#countMax) this.#expiryMs.delete(this.#expiryMs.keys().next().value as string);
    this.#expiryMs.set(key, nowMs + this.#ageMsMax);
  }

  has(key: string, nowMs: number): boolean {
    return (this.#expiryMs.get(key) ?? 0) > nowMs;
  }
}
