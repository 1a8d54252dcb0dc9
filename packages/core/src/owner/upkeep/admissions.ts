import type { Shard, ShardId } from '../../ids.js';
import type { LimitName } from '../../limits/stated-limit.js';
import type { Message } from '../../messages/message.js';
import { Periodic } from '../../periodic.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Admission, LimitStore } from '../../ports/limit-store.port.js';
import type { Log } from '../../ports/log.port.js';
import type { MessagePublisher } from '../../ports/message-publisher.port.js';
import type { Service } from '../../ports/service.js';

// Lets in who waits for limits, when there may be room.
//   I1  The process whose commit put somebody in line, or freed a place, looks at once; one look at a time, at many limits together.
//   I2  What a look decided is durable before anybody is told: an owner whom no message tells reads its requests.
//   I3  A sweep finds what a dead process left: limits with room for somebody who waits, whoever should have looked. The first comes
//       when shards are gained: who had them may have died.
//   I4  The next token of a rate is waited for by whoever looked last; if that process dies, the sweep finds it.

export interface AdmissionServices {
  readonly limits: LimitStore;
  readonly publisher: MessagePublisher;
  readonly clock: Clock;
  readonly log: Log;
  shardOf(id: ShardId): Promise<Shard | undefined>;
}

const namesPerLook = 100;
const sweepIntervalMs = 5_000;
const namesPerSweep = 500;
/** Of what nobody uses any more. */
const sweepsPerTidying = 12;
/** Tokens that are waited for; of more, the others are left to the sweep. */
const tokensMax = 10_000;

export class Admissions implements Service {
  private readonly noted = new Set<LimitName>();
  /** When the next token of a rate is there. */
  private readonly tokens = new Map<LimitName, number>();
  private looking: Promise<void> | undefined;
  private cancelToken: (() => void) | undefined;
  private sweepAfter: LimitName | undefined;
  private sweeps = 0;
  private readonly sweeping: Periodic;

  constructor(private readonly services: AdmissionServices) {
    const failure = 'limits could not be swept; they will be again';
    const { clock, log } = services;
    this.sweeping = new Periodic({ failure, restMs: () => sweepIntervalMs, perform: () => this.sweep() }, clock, log);
  }

  start(): Promise<void> {
    return this.sweeping.start();
  }

  async stop(): Promise<void> {
    const stopping = this.sweeping.stop();
    this.cancelToken?.();
    this.noted.clear();
    await stopping;
    await this.settled();
  }

  /** Somebody waits for these, or has left them. */
  note(names: readonly LimitName[]): void {
    for (const name of names) this.noted.add(name);
    if (this.sweeping.isStopped || this.noted.size === 0) return;
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
      this.setAlarm();
    });
  }

  /** Rather than in a few seconds. */
  sweepNow(): void {
    this.sweeping.skipRest();
  }

  /** Resolves when nobody looks any more. */
  async settled(): Promise<void> {
    await this.sweeping.settled();
    while (this.looking) await this.looking;
  }

  private async look(): Promise<void> {
    // Commits of one moment are looked at together.
    await Promise.resolve();
    while (this.noted.size > 0 && !this.sweeping.isStopped) {
      const names = [...this.noted].slice(0, namesPerLook);
      for (const name of names) this.noted.delete(name);
      try {
        this.waitForTokens(names, await this.admit(names));
      } catch (error) {
        this.services.log.warn('nobody could be let in under limits; the next sweep tries again', { error });
      }
    }
  }

  private async admit(names: readonly LimitName[]): Promise<Admission> {
    const { limits, publisher, log } = this.services;
    const admission = await limits.admit(names);
    const messages = await Promise.all(admission.requests.map((request) => this.nudge(request)));
    const sent = publisher.publish(messages.filter((message) => message !== undefined));
    await sent.catch((error: unknown) => log.warn('owners could not be told whom limits have let in; they will read it', { error }));
    return admission;
  }

  private async nudge({ runId, shard, request }: Admission['requests'][number]): Promise<Message | undefined> {
    const to = await this.services.shardOf(shard).catch(() => undefined);
    return to && { kind: 'request-accepted', to, runId, n: request.n, request };
  }

  // Tokens -------------------------------------------------------------------------------------------------------------------

  private waitForTokens(names: readonly LimitName[], { againInMs }: Admission): void {
    const now = this.services.clock.now();
    for (const name of names) this.tokens.delete(name);
    for (const [name, inMs] of againInMs) if (this.tokens.size < tokensMax) this.tokens.set(name, now + Math.max(inMs, 1));
  }

  private setAlarm(): void {
    this.cancelToken?.();
    this.cancelToken = undefined;
    if (this.sweeping.isStopped || this.tokens.size === 0) return;
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const atMs of this.tokens.values()) nextAtMs = Math.min(nextAtMs, atMs);
    this.cancelToken = this.services.clock.at(nextAtMs, () => this.takeTokens());
  }

  private takeTokens(): void {
    const now = this.services.clock.now();
    const due = [...this.tokens].flatMap(([name, atMs]) => (atMs <= now ? [name] : []));
    for (const name of due) this.tokens.delete(name);
    this.note(due);
    if (due.length === 0) this.setAlarm();
  }

  // The sweep ----------------------------------------------------------------------------------------------------------------

  /** A part of them each time, when there are many. */
  private async sweep(): Promise<void> {
    const { limits } = this.services;
    const { names, next } = await limits.readOpen(this.sweepAfter, namesPerSweep);
    this.sweepAfter = next;
    this.note(names.filter((name) => !this.tokens.has(name)));
    if (++this.sweeps % sweepsPerTidying === 0) await limits.forgetIdle(namesPerSweep);
  }
}
