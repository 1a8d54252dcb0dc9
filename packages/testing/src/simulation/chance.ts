import type { Random } from '@marathon/memory';

/** What may go wrong, by the probability that it does each time it could. All are 0 by default. */
export interface Faults {
  /** A message comes twice. */
  readonly duplicates?: number;
  /** A message comes late, by up to `delayMsMax`, and therefore out of order. */
  readonly delays?: number;
  /** Default 200. */
  readonly delayMsMax?: number;
  /** The messages of a commit cannot be published, or the gateway dies before it publishes its own. */
  readonly lostMessages?: number;
  /** A process dies, each time it calls the event log: before the call takes effect, or after it. */
  readonly crashes?: number;
  /** What looked like a crash was a pause: the process wakes up after others have taken its shards. */
  readonly pauses?: number;
  /** The connection is lost during a commit, half of the time after the commit happened. */
  readonly lostCommits?: number;
  /** A signal is accepted just before the commit that closes its run. */
  readonly lateSignals?: number;
  /** The event log refuses a call. */
  readonly refusedCalls?: number;
  /** A call of the event log takes its time, up to 50 ms. */
  readonly slowCalls?: number;
  /** A shard goes to another process, each second. */
  readonly moves?: number;
  /** An attempt takes up to 20 seconds. */
  readonly slowAttempts?: number;
  /** The partition of a task goes to another worker while the attempt runs, and the task is delivered again. */
  readonly rebalances?: number;
  /** A worker dies at an attempt. */
  readonly workerDeaths?: number;
  /** A worker stops, and hands an attempt back. */
  readonly handBacks?: number;
}

export type Fault = Exclude<keyof Faults, 'delayMsMax'>;

/** Decides what goes wrong. The same seed and questions give the same answers. */
export class Chance {
  readonly delayMsMax: number;
  #isCalm = false;

  constructor(
    readonly random: Random,
    readonly faults: Faults,
  ) {
    this.delayMsMax = faults.delayMsMax ?? 200;
  }

  of(fault: Fault): boolean {
    const probability = this.faults[fault] ?? 0;
    return !this.#isCalm && probability > 0 && this.random.chance(probability);
  }

  /** From here on nothing goes wrong any more. */
  calm(): void {
    this.#isCalm = true;
  }
}
