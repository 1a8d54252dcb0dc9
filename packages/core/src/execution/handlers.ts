/** Handlers of signals and updates that the code has under way. A run does not close before they have ended. */
export class Handlers {
  private underWay = 0;

  constructor(
    /** Asked when a handler has ended; false when its end does not count. */
    private readonly mayEnd: (call: string) => boolean,
    private readonly onFailed: (thrown: unknown) => void,
    /** Calls a handler for the run, whoever registers it. */
    private readonly enter: (handler: () => unknown) => unknown,
  ) {}

  get areUnderWay(): boolean {
    return this.underWay > 0;
  }

  /** How many. */
  get count(): number {
    return this.underWay;
  }

  /** @param call as its author wrote it: `ctx.onSignal("approve")` */
  async perform(call: string, handler: () => unknown): Promise<void> {
    this.underWay++;
    let failed: { readonly thrown: unknown } | undefined;
    try {
      // A handler begins when the code that was running has come to a stop: what it works on is there by then.
      await Promise.resolve().then(() => this.enter(handler));
    } catch (thrown) {
      failed = { thrown };
    }
    if (!this.mayEnd(call)) return;
    this.underWay--;
    if (failed) this.onFailed(failed.thrown);
  }
}
