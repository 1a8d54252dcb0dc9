import type { IncomingMessage, Message, RunId } from '@marathon/core';
import { createLog } from '@marathon/host';
import { decodeMessage, ProtocolError } from '@marathon/protocol';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { RunWatch } from './run-watch.js';

export const watchersMax = 1_000;

/** Who watches which run. Messages about events are read only while somebody does. */
@Injectable()
export class RunWatchers implements OnModuleDestroy {
  private readonly log = createLog(RunWatchers.name);
  private readonly watches = new Map<RunId, Set<RunWatch>>();
  private count = 0;
  private isClosed = false;

  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>) {}

  /** How many watch. */
  get size(): number {
    return this.count;
  }

  /** @throws ProblemError MARATHON_OVERLOADED when 1,000 watch. */
  open(runId: RunId): RunWatch {
    if (this.count >= watchersMax || this.isClosed) throw new ProblemError('MARATHON_OVERLOADED', `${this.count} clients watch runs`);
    const watches = this.watches.get(runId) ?? new Set<RunWatch>();
    const watch = new RunWatch(this.ports.clock, () => {
      this.count -= 1;
      watches.delete(watch);
      if (watches.size === 0) this.watches.delete(runId);
    });
    this.watches.set(runId, watches.add(watch));
    this.count += 1;
    return watch;
  }

  onMessages(messages: readonly IncomingMessage[]): void {
    if (this.count === 0) return;
    for (const message of messages) this.onMessage(message);
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    for (const watches of [...this.watches.values()]) for (const watch of [...watches]) watch.close();
  }

  private onMessage(incoming: IncomingMessage): void {
    let message: Message;
    try {
      message = decodeMessage(incoming);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.log.warn('a message about events is passed over', { error: error.message });
    }
    if (message.kind !== 'run-events') return;
    for (const { runId, events } of message.runs) {
      for (const watch of this.watches.get(runId) ?? []) watch.offer(events);
    }
  }
}
