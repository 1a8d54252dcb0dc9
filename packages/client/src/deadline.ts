/** Timers of JavaScript hold no longer time. */
const timerMsMax = 2 ** 31 - 1;

/** Aborts its signal when a time has passed without a renewal, or with another signal. Whoever makes one ends it. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #onParentAborted = () => this.#controller.abort(this.parent?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ms: number,
    private readonly reason: Error,
    private readonly parent: AbortSignal | undefined,
  ) {
    if (parent?.aborted) this.#onParentAborted();
    parent?.addEventListener('abort', this.#onParentAborted);
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The time begins anew. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(this.reason), Math.min(this.ms, timerMsMax));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.parent?.removeEventListener('abort', this.#onParentAborted);
  }
}
