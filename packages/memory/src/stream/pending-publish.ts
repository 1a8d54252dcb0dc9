/** A call of `publish` some of whose messages wait for room. */
export class PendingPublish {
  readonly #outcome = Promise.withResolvers<boolean>();
  #waiting = 0;

  /** Resolves to true when all are taken, to false when the stream stops before. */
  get isTaken(): Promise<boolean> {
    return this.#outcome.promise;
  }

  waitsForOne(): void {
    this.#waiting += 1;
  }

  oneTaken(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#outcome.resolve(true);
  }

  refuse(): void {
    this.#outcome.resolve(false);
  }
}
