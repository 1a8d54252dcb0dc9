import type { IncomingMessage, Message, RunId, Service } from '@marathon/core';
import { createLog } from '@marathon/host';
import { decodeMessage, eventsTopic, ProtocolError } from '@marathon/protocol';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { RunWatch } from './run-watch.js';

export const watchersMax = 1_000;
/** Whoever watches often comes back: a new connection to the stream costs more than reading on for a while. */
const readOnForMs = 60_000;

/** Who watches which run. The stream's events are read from the first watcher on, until a minute after the last. */
@Injectable()
export class RunWatchers implements OnModuleDestroy {
  private readonly log = createLog(RunWatchers.name);
  private readonly watches = new Map<RunId, Set<RunWatch>>();
  private count = 0;
  private isClosed = false;
  private tail: Service | undefined;
  private cancelEnd: (() => void) | undefined;

  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock' | 'stream'>) {}

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
      if (this.count === 0) this.endSoon();
    });
    this.watches.set(runId, watches.add(watch));
    this.count += 1;
    this.cancelEnd?.();
    if (!this.tail) this.read();
    return watch;
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    for (const watches of [...this.watches.values()]) for (const watch of [...watches]) watch.close();
  }

  /** Reads the stream no more. */
  async stop(): Promise<void> {
    this.cancelEnd?.();
    const { tail } = this;
    this.tail = undefined;
    await tail?.stop();
  }

  private read(): void {
    const tail = this.ports.stream.tail({
      topic: eventsTopic,
      onMessages: (messages) => {
        for (const message of messages) this.onMessage(message);
      },
    });
    this.tail = tail;
    void tail.start().then(() => this.onReading());
  }

  /** What happened before the stream was read has been missed. */
  private onReading(): void {
    for (const watches of this.watches.values()) for (const watch of watches) watch.offer([]);
  }

  private endSoon(): void {
    if (!this.isClosed) this.cancelEnd = this.ports.clock.at(this.ports.clock.now() + readOnForMs, () => void this.stop());
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
