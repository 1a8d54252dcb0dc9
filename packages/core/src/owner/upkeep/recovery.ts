import type { OwnedShard, RunId } from '../../ids.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import { type RunStore, wakeCause } from '../../ports/run-store.port.js';
import { untilAvailable } from '../../until-available.js';
import type { Lane } from '../lane/lane.js';

const runsPerPage = 200;
const roomCheckMs = 500;

/**
 * Brings back, when a shard is gained, what its open runs waited for in the process that had it before: starts and steps in
 * place, what they ask of others, code that another build had suspended, and where messages died with the process, activities and
 * the ends of children too.
 */
export class Recovery {
  private isStopped = false;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RunStore,
    private readonly losesMessages: boolean,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** One page at a time, each worked on before the next is read: memory stays bounded however many runs are open. */
  recover(lane: Lane, shards: readonly OwnedShard[]): Promise<void> {
    const always = wakeCause.start | wakeCause.step | wakeCause.outgoingRequest | wakeCause.deployment;
    const causes = always | (this.losesMessages ? wakeCause.activity | wakeCause.child : 0);
    this.underWay = this.settled().then(() => this.recoverPages(lane, shards, causes));
    return this.underWay;
  }

  /** Resolves when no recovery is under way. */
  settled(): Promise<void> {
    return this.underWay.catch(() => {});
  }

  /** Stop the lanes with it: it waits for them. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.settled();
  }

  private async recoverPages(lane: Lane, shards: readonly OwnedShard[], causes: number): Promise<void> {
    const { clock, log } = this;
    const reading = { clock, log, what: 'read what open runs wait for', isWanted: () => !this.isStopped };
    const ids = shards.map(({ id }) => id);
    let after: RunId | undefined;
    do {
      const page = await untilAvailable(reading, () => this.store.readRunsWaitingFor(ids, causes, after, runsPerPage));
      lane.addInternals(page.map(({ runId, shard }) => ({ runId, shard, input: { kind: 'recover' } })));
      await lane.worked();
      await this.untilRoom(lane);
      after = page.length < runsPerPage ? undefined : page.at(-1)?.runId;
    } while (after !== undefined && !this.isStopped);
  }

  /** Activities of a queue that nobody serves are not taken by the stream: those of further runs would pile up in memory. */
  private async untilRoom(lane: Lane): Promise<void> {
    while (!lane.mayPublishMore && !this.isStopped) {
      await new Promise<void>((resolve) => this.clock.at(this.clock.now() + roomCheckMs, resolve));
    }
  }
}
