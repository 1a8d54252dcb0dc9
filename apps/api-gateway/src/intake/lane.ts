import { ProblemError } from '../http/problem.error.js';

export interface LaneBounds {
  /** Of one commit. */
  readonly batchCountMax: number;
  readonly batchBytesMax: number;
  /** Of what waits for its turn; above it a submission is refused. */
  readonly queueCountMax: number;
  readonly queueBytesMax: number;
}

export const laneBoundsDefault: LaneBounds = {
  batchCountMax: 256,
  batchBytesMax: 4 * 1024 * 1024,
  queueCountMax: 10_000,
  queueBytesMax: 64 * 1024 * 1024,
};

interface Submission<Item, Outcome> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets many callers share a commit: what arrives in one turn of the event loop goes together, and while a commit is under way
 * the next one fills.
 */
export class Lane<Item, Outcome> {
  private readonly queue: Submission<Item, Outcome>[] = [];
  private queuedBytes = 0;
  private isBusy = false;

  /** @param commit gives one outcome for each item, in order; when it throws, all of them failed. */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>,
    private readonly bounds: LaneBounds = laneBoundsDefault,
  ) {}

  /** @throws ProblemError MARATHON_OVERLOADED when too much waits already. */
  submit(item: Item, bytes: number): Promise<Outcome> {
    if (this.queue.length >= this.bounds.queueCountMax || this.queuedBytes + bytes > this.bounds.queueBytesMax) {
      return Promise.reject(new ProblemError('MARATHON_OVERLOADED', `${this.queue.length} requests wait for their commit`));
    }
    this.queuedBytes += bytes;
    const outcome = new Promise<Outcome>((resolve, reject) => this.queue.push({ item, bytes, resolve, reject }));
    if (!this.isBusy) {
      this.isBusy = true;
      setImmediate(() => void this.drain());
    }
    return outcome;
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.commitBatch(this.takeBatch());
    this.isBusy = false;
  }

  private takeBatch(): readonly Submission<Item, Outcome>[] {
    let count = 0;
    let bytes = 0;
    for (const submission of this.queue) {
      if (count === this.bounds.batchCountMax || (count > 0 && bytes + submission.bytes > this.bounds.batchBytesMax)) break;
      count += 1;
      bytes += submission.bytes;
    }
    this.queuedBytes -= bytes;
    return this.queue.splice(0, count);
  }

  private async commitBatch(batch: readonly Submission<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
