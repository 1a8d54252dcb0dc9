import { type RunId, RunState } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';

/** How much of a history is in memory at a time. */
const readCount = 200;

/** A history, folded up to where it was when it was read. */
export interface FoldedRun {
  readonly state: RunState;
  /** When the event of that seq was recorded. */
  readonly atMs: (seq: number) => number;
}

@Injectable()
export class FoldedRuns {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>) {}

  async read(runId: RunId): Promise<FoldedRun> {
    const state = new RunState();
    const instants: number[] = [];
    for (;;) {
      const events = await this.ports.runReader.readHistory(runId, state.lastSeq, readCount);
      if (events.length === 0) return { state, atMs: (seq) => instants[seq - 1] ?? state.clockMs };
      for (const event of events) {
        state.apply(event);
        instants.push(event.at);
      }
    }
  }
}
