/** Keeps what was used last, up to a number of characters in all. */
export class BoundedCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly chars: number }>();
  private chars = 0;

  constructor(private readonly charsMax: number) {}

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** @param chars what it occupies, about; the last one is kept whatever it occupies. */
  set(key: string, value: Value, chars: number): void {
    this.delete(key);
    for (const oldest of this.entries.keys()) {
      if (this.chars + chars <= this.charsMax) break;
      this.delete(oldest);
    }
    this.entries.set(key, { value, chars });
    this.chars += chars;
  }

  private delete(key: string): void {
    this.chars -= this.entries.get(key)?.chars ?? 0;
    this.entries.delete(key);
  }
}
