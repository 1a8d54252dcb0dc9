import type { RunId, ShardId } from '../../ids.js';
import type { LeasesRenewedMessage, ShardMessage } from '../../messages/message.js';
import { publishSlimmed } from '../../relay/publish-slimmed.js';
import { isClosed } from '../../run/status.js';
import type { Counts } from '../counts.js';
import type { LaneServices } from './lane-services.js';
import type { RunWork } from './run-work.js';

/**
 * Sends messages on that came to another shard than their run's: a client may hash keys in a way of its own. Once for each, so
 * that owners who disagree do not pass it to and fro for ever.
 */
export class Forwarder {
  private isLookingUp = false;

  constructor(
    private readonly services: Pick<LaneServices, 'publisher' | 'shardOf' | 'store'>,
    private readonly counts: Counts,
  ) {}

  /** Resolves when the stream has taken them: they are finished here then. @throws as the publisher does. */
  async forward(works: readonly RunWork[]): Promise<void> {
    const messages: ShardMessage[] = [];
    for (const { foreignShard, deliveries } of works) {
      if (foreignShard === undefined) continue;
      const to = await this.services.shardOf(foreignShard);
      for (const { message } of deliveries) {
        if (to && !message.forwarded) messages.push({ ...message, to, forwarded: true });
        else this.counts.add('forwardedInVain');
      }
    }
    if (messages.length > 0) await this.publish(messages);
  }

  /** As far as that is possible at once: a renewal that is lost is followed by the next. Never rejects. */
  async forwardLeases(
    message: ShardMessage & LeasesRenewedMessage,
    strangers: ReadonlySet<RunId>,
    isOwned: (id: ShardId) => boolean,
  ): Promise<void> {
    if (strangers.size === 0 || message.forwarded || this.isLookingUp) return;
    this.isLookingUp = true;
    try {
      const runs = await this.services.store.explainRefusals([...strangers]);
      const foreign = new Map(
        runs.flatMap(({ runId, shard, status }) => (isOwned(shard) || isClosed(status) ? [] : [[runId, shard] as const])),
      );
      const messages: ShardMessage[] = [];
      for (const [shard, leases] of Map.groupBy(message.leases, ({ runId }) => foreign.get(runId))) {
        const to = shard === undefined ? undefined : await this.services.shardOf(shard);
        if (to) messages.push({ ...message, to, leases, forwarded: true });
      }
      if (messages.length > 0) await this.publish(messages);
    } catch {
      // The database or the stream is away, as others will say.
    } finally {
      this.isLookingUp = false;
    }
  }

  private async publish(messages: readonly ShardMessage[]): Promise<void> {
    await publishSlimmed(this.services.publisher, messages);
    this.counts.add('forwarded', messages.length);
  }
}
