import type { Message, ReplyAddress, RunClosedMessage, RunId, ShardId } from '@marathon/core';
import { createLog } from '@marathon/host';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { Definitions } from '../intake/definitions.js';
import { type Closing, closingOf } from './closing.js';

// Waits for runs to close.
//  W1  The owner of a run answers over the replies topic, at once when it closes. That answer may never come.
//  W2  So runs that have been waited for 2 s are looked up, all in one statement (1,000 at most), and the owners of those still
//      open are asked again; and so every 2 s: a wait survives the death of an owner and of its memory of who waits.
//  W3  Many callers may wait for one run; it is asked about once.

const askAgainMs = 2_000;
const lookEveryMs = 1_000;
const lookUpMax = 1_000;
export const waitsMax = 10_000;

export interface AwaitedRun {
  readonly runId: RunId;
  readonly shard: ShardId;
}

export interface Wait {
  /** How the run ended; nothing at the instant `atMs`, or when the wait is released before. */
  until(atMs: number): Promise<Closing | undefined>;
  /** Ends the wait. Releasing twice, or after it is over, is fine. */
  release(): void;
}

type Caller = (closing: Closing | undefined) => void;

interface Awaited {
  readonly run: AwaitedRun;
  readonly callers: Set<Caller>;
  askedAtMs: number;
}

@Injectable()
export class ResultWaits implements OnModuleDestroy {
  private readonly log = createLog(ResultWaits.name);
  private readonly awaited = new Map<RunId, Awaited>();
  private callers = 0;
  private replyPartition: number | undefined;
  private cancelLook: (() => void) | undefined;
  private isAsking = false;
  private isClosed = false;

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock' | 'messagePublisher' | 'runReader'>,
    private readonly definitions: Definitions,
  ) {}

  /** @throws ProblemError MARATHON_OVERLOADED when 10,000 callers wait. */
  open(run: AwaitedRun): Wait {
    if (this.callers >= waitsMax || this.isClosed)
      throw new ProblemError('MARATHON_OVERLOADED', `${this.callers} callers wait for results`);
    const awaited = this.awaited.get(run.runId) ?? { run, callers: new Set<Caller>(), askedAtMs: this.ports.clock.now() };
    this.awaited.set(run.runId, awaited);
    this.callers += 1;
    this.schedule();
    const { promise, resolve } = Promise.withResolvers<Closing | undefined>();
    awaited.callers.add(resolve);
    const release = () => this.release(awaited, resolve);
    return { until: (atMs) => this.until(promise, atMs), release };
  }

  /** What a start carries, so that waiting costs no message of its own; nothing until a partition of replies is read. */
  replyTo(runId: RunId): ReplyAddress | undefined {
    return this.replyPartition === undefined ? undefined : { partition: this.replyPartition, correlationId: runId };
  }

  /** Asks the owner for an answer as soon as there is one. */
  async ask(run: AwaitedRun): Promise<void> {
    await this.askAll([run]);
  }

  /** From now on this partition of replies is read. */
  readReplies(partition: number): void {
    this.replyPartition = partition;
  }

  /** An answer came in; also one to another gateway of the same partition. */
  onRunClosed({ runId, status, result, failure, outcomeOmitted }: RunClosedMessage): void {
    const awaited = this.awaited.get(runId);
    if (!awaited) return;
    if (outcomeOmitted || status === 'ContinuedAsNew') {
      this.lookUp([awaited]).catch((error) => this.log.warn('a result is read later', { runId, error }));
      return;
    }
    this.settle(awaited, { runId, status, ...(result !== undefined && { result }), ...(failure && { failure }) });
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    this.cancelLook?.();
    for (const awaited of this.awaited.values()) this.settle(awaited, undefined);
  }

  private async until(closing: Promise<Closing | undefined>, atMs: number): Promise<Closing | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.ports.clock.at(atMs, () => resolve(undefined));
    try {
      return await Promise.race([closing, promise]);
    } finally {
      cancel();
    }
  }

  private release(awaited: Awaited, caller: Caller): void {
    if (!awaited.callers.delete(caller)) return;
    this.callers -= 1;
    if (awaited.callers.size === 0) this.awaited.delete(awaited.run.runId);
    caller(undefined);
  }

  private settle(awaited: Awaited, closing: Closing | undefined): void {
    for (const caller of awaited.callers) caller(closing);
    this.callers -= awaited.callers.size;
    awaited.callers.clear();
    this.awaited.delete(awaited.run.runId);
  }

  private schedule(): void {
    if (this.isClosed) return;
    this.cancelLook ??= this.ports.clock.at(this.ports.clock.now() + lookEveryMs, () => {
      this.cancelLook = undefined;
      if (this.awaited.size === 0) return;
      this.schedule();
      void this.askAgain();
    });
  }

  private async askAgain(): Promise<void> {
    const now = this.ports.clock.now();
    const due = [...this.awaited.values()].filter(({ askedAtMs }) => now - askedAtMs >= askAgainMs);
    if (due.length === 0 || this.isAsking) return;
    this.isAsking = true;
    for (const awaited of due) awaited.askedAtMs = now;
    try {
      for (let from = 0; from < due.length; from += lookUpMax) await this.lookUp(due.slice(from, from + lookUpMax));
      await this.askAll(due.filter(({ callers }) => callers.size > 0).map(({ run }) => run));
    } catch (error) {
      this.log.warn('those who wait for results are looked after later', { error });
    } finally {
      this.isAsking = false;
    }
  }

  private async lookUp(awaited: readonly Awaited[]): Promise<void> {
    const closings = await this.ports.runReader.readClosings(awaited.map(({ run }) => run.runId));
    for (const { runId, closing } of closings) {
      const waiting = this.awaited.get(runId);
      if (waiting) this.settle(waiting, closingOf(runId, closing));
    }
  }

  private async askAll(runs: readonly AwaitedRun[]): Promise<void> {
    const questions = await Promise.all(runs.map((run) => this.question(run)));
    const messages = questions.filter((message) => message !== undefined);
    if (messages.length > 0) await this.ports.messagePublisher.publish(messages);
  }

  private async question({ runId, shard }: AwaitedRun): Promise<Message | undefined> {
    const replyTo = this.replyTo(runId);
    const to = replyTo && (await this.definitions.addressOf(shard));
    return to && { kind: 'result-awaited', to, runId, replyTo };
  }
}
