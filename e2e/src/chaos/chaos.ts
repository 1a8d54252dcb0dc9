import { setTimeout as delay } from 'node:timers/promises';
import type { TestCluster } from '../cluster/test-cluster.js';
import type { Fault } from './chaos-plan.js';

/** Does to a cluster what a plan says, and puts everything right again in the end. */
export class Chaos {
  /** What happened, in words. */
  readonly happened: string[] = [];
  private readonly healing = new Set<Promise<void>>();
  private readonly afflicted = new Set<string>();

  constructor(private readonly system: TestCluster) {}

  /** Resolves when everything has happened and all is well again. @throws what keeps a process from coming back */
  async wreak(plan: readonly Fault[]): Promise<void> {
    const beganMs = Date.now();
    for (const fault of plan) {
      await delay(Math.max(0, beganMs + fault.atMs - Date.now()));
      this.begin(fault);
    }
    await Promise.all(this.healing);
  }

  /** What is away or stands still already is left alone. */
  private begin(fault: Fault): void {
    const name = fault.kind === 'restart' ? fault.what : `${fault.role} ${fault.index + 1}`;
    if (this.afflicted.has(name)) return;
    this.afflicted.add(name);
    this.happened.push(`${Math.round(fault.atMs)} ms: ${fault.kind} ${name}`);
    const healed = this.afflict(fault).finally(() => this.afflicted.delete(name));
    healed.catch(() => {}); // `wreak` tells
    this.healing.add(healed);
  }

  private async afflict(fault: Fault): Promise<void> {
    if (fault.kind === 'restart') return fault.what === 'Kafka' ? this.restartKafka(fault.awayMs) : this.restartPostgres(fault.awayMs);
    const process = this.system.process(fault.role, fault.index);
    if (fault.kind === 'kill') {
      process.kill('SIGKILL');
      await process.ended();
      await delay(fault.awayMs);
      return process.start();
    }
    process.kill('SIGSTOP');
    await delay(fault.pauseMs);
    process.kill('SIGCONT');
  }

  private async restartKafka(awayMs: number): Promise<void> {
    const { broker } = this.system.cluster;
    await broker?.kill();
    await delay(awayMs);
    await broker?.start();
  }

  private async restartPostgres(awayMs: number): Promise<void> {
    const { database } = this.system.cluster;
    await database?.stop();
    await delay(awayMs);
    await database?.start();
  }
}
