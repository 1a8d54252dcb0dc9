import type { OwnedShard, RunId } from '../ids.js';
import { type RunStore, wakeCause } from '../ports/run-store.port.js';
import type { Lane } from './lane.js';

const runsPerPage = 200;

/**
 * Brings back, when a shard is gained, what its open runs waited for in the process that had it before: starts and steps in
 * place, code that another build had suspended, and where messages died with the process, activities too.
 */
export class Recovery {
  private isStopped = false;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RunStore,
    private readonly losesMessages: boolean,
  ) {}

  /** One page at a time, each worked on before the next is read: memory stays bounded however many runs are open. */
  recover(lane: Lane, shards: readonly OwnedShard[]): Promise<void> {
    const causes = wakeCause.start | wakeCause.step | wakeCause.deployment | (this.losesMessages ? wakeCause.activity : 0);
    this.underWay = this.underWay.then(() => this.recoverPages(lane, shards, causes));
    return this.underWay;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.underWay.catch(() => {});
  }

  private async recoverPages(lane: Lane, shards: readonly OwnedShard[], causes: number): Promise<void> {
    let after: RunId | undefined;
    do {
      const page = await this.store.readRunsWaitingFor(
        shards.map(({ id }) => id),
        causes,
        after,
        runsPerPage,
      );
      lane.addInternals(page.map(({ runId, shard }) => ({ runId, shard, input: { kind: 'recover' } })));
      await lane.settled();
      after = page.length < runsPerPage ? undefined : page.at(-1)?.runId;
    } while (after !== undefined && !this.isStopped);
  }
}
