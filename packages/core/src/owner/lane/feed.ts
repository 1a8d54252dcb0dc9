import type { Turn, TurnLoop } from '../../execution/turn-loop.js';
import type { RunId } from '../../ids.js';
import type { Run } from '../../run/run.js';
import type { RunInput } from '../../run/run-input.js';

/** Feeds each run its inputs, all of them queued at once; resolves when the last turn has ended. */
export function feed(turns: TurnLoop, inputs: readonly { readonly run: Run; readonly input: RunInput }[], nowMs: number): Promise<void> {
  if (inputs.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    inputs.forEach(({ run, input }, i) => {
      turns.run(new InputTurn(run, input, nowMs, i === inputs.length - 1 ? resolve : undefined));
    });
  });
}

class InputTurn implements Turn {
  constructor(
    private readonly run: Run,
    private readonly input: RunInput,
    private readonly nowMs: number,
    private readonly onLast: (() => void) | undefined,
  ) {}

  get runId(): RunId {
    return this.run.runId;
  }

  begin(): void {
    this.run.beginTurn(this.input, this.nowMs);
  }

  end(): Turn | undefined {
    if (this.run.endTurn()) return this;
    this.onLast?.();
    return undefined;
  }
}
