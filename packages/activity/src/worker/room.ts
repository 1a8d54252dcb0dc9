interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** A number of bytes for those who come to hold some, in the order in which they ask. One that wants more than there is gets it alone. */
export class Room {
  readonly #bytesMax: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Resolves when there is room, with what gives it back: calling that twice is fine. */
  async take(bytes: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#hasRoomFor(bytes)) await new Promise<void>((begin) => this.#waiting.push({ bytes, begin }));
    else this.#taken += bytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.#giveBack(bytes);
      isHeld = false;
    };
  }

  #giveBack(bytes: number): void {
    this.#taken -= bytes;
    for (let [next] = this.#waiting; next && this.#hasRoomFor(next.bytes); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#taken += next.bytes;
      next.begin();
    }
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#bytesMax;
  }
}
