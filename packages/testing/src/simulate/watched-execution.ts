import { promiseHooks } from 'node:v8';
import { Execution } from '@marathon/core';

/** An execution that knows which of the promises that its code asked for nobody ever looked at. */
export class WatchedExecution extends Execution {
  private readonly unseen = new Map<Promise<unknown>, string>();

  override issue(...[command, call]: Parameters<Execution['issue']>): boolean {
    const counts = super.issue(command, call);
    if (counts) this.unseen.set(command.wait.promise, call);
    return counts;
  }

  /** Runs `replay`, and gives the calls whose promises were neither awaited nor handed on meanwhile. */
  async floating(replay: () => Promise<void>): Promise<readonly string[]> {
    const stop = promiseHooks.onInit((_, parent) => void this.unseen.delete(parent));
    try {
      await replay();
    } finally {
      stop();
    }
    return [...this.unseen.values()];
  }
}
