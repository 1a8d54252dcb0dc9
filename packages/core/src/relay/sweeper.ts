import { MarathonError } from '../errors.js';
import type { RunId, Shard, ShardId } from '../ids.js';
import type { Message } from '../messages/message.js';
import { messagesOf } from '../messages/messages-of.js';
import { Periodic } from '../periodic.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import type { Outbox, OutboxEntry } from '../ports/outbox.port.js';
import type { RunStore, StoredRun } from '../ports/run-store.port.js';
import type { Service } from '../ports/service.js';
import { leavesRequests, type Requester } from '../run/outgoing-request.js';
import { RunState } from '../run/run-state.js';
import { publishSlimmed } from './publish-slimmed.js';

// The sweeper sends what a dead process committed and did not publish.
//   W1  It claims entries, commits the claim, then publishes: the hot path never waits for it.
//   W2  It builds messages from history with the function that the relay's process used, and marks them as redelivered.
//   W3  An entry is deleted after all its messages were taken. A message that is too large is sent slim or, where that cannot be,
//       left out: its owner finds the activity unanswered and fails it.
//   W4  An entry that cannot be sent (the run was written by a newer build, say) holds up no other.
//   W5  What a closed run left to be done is done before its entry is deleted.

export interface SweeperOptions {
  /** How old an entry must be to count as left behind. Well above the second after which a relay deletes what it has published. */
  readonly olderThanMs: number;
  readonly intervalMs: number;
}

const claimForMs = 30_000;
const entriesPerSweep = 100;
const failure = 'the outbox could not be swept; it will be tried again';

export class Sweeper implements Service {
  private readonly rounds: Periodic;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly outbox: Outbox,
    private readonly store: Pick<RunStore, 'loadRuns'>,
    private readonly publisher: MessagePublisher,
    private readonly shardOf: (id: ShardId) => Promise<Shard | undefined>,
    /** Does what a closed run left to be done. */
    private readonly conclude: (closed: Requester) => Promise<void>,
    clock: Clock,
    private readonly log: Log,
    { olderThanMs, intervalMs }: SweeperOptions,
  ) {
    const perform = () => this.enqueue(() => this.sweepAll({ olderThanMs }));
    this.rounds = new Periodic({ failure, restMs: () => intervalMs, perform }, clock, log);
  }

  start(): Promise<void> {
    return this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
    await this.sweeping;
  }

  /** Sends the entries of one process at once, however young: its last commit's outcome is unknown. */
  sweepSource(source: string): Promise<void> {
    return this.enqueue(() => this.sweepAll({ olderThanMs: 0, source }));
  }

  private enqueue(sweep: () => Promise<void>): Promise<void> {
    this.sweeping = this.sweeping.then(sweep).catch((error: unknown) => {
      this.log.warn(failure, { error });
    });
    return this.sweeping;
  }

  private async sweepAll(which: { readonly olderThanMs: number; readonly source?: string }): Promise<void> {
    for (;;) {
      const entries = await this.outbox.claimEntries({ ...which, claimForMs, limit: entriesPerSweep });
      if (entries.length === 0) return;
      await this.sweep(entries);
      this.log.info('sent what another process had left in the outbox', { entries: entries.length });
      if (entries.length < entriesPerSweep) return;
    }
  }

  private async sweep(entries: readonly OutboxEntry[]): Promise<void> {
    try {
      for await (const messages of this.messagesOf(entries)) await publishSlimmed(this.publisher, messages);
      await this.outbox.deleteEntries(entries.map(({ id }) => id));
    } catch (error) {
      if (error instanceof MarathonError && error.retryable) throw error;
      if (entries.length > 1) for (const entry of entries) await this.sweep([entry]);
      else this.log.error('an entry of the outbox cannot be sent; it will be tried again', { entry: entries[0]?.id, error });
    }
  }

  /** In pieces: what there is room for in memory of the histories at a time. */
  private async *messagesOf(entries: readonly OutboxEntry[]): AsyncGenerator<readonly Message[]> {
    const byRun = Map.groupBy(
      entries.flatMap(({ runs }) => runs),
      ({ runId }) => runId,
    );
    for (let ids: readonly RunId[] = [...byRun.keys()]; ids.length > 0; ) {
      const { runs, left } = await this.store.loadRuns(ids);
      const messages: Message[] = [];
      for (const run of runs) messages.push(...(await this.messagesOfRun(run, byRun.get(run.runId) ?? [])));
      yield messages;
      ids = left;
    }
  }

  private async messagesOfRun({ runId, shard, history, maps }: StoredRun, references: OutboxEntry['runs']): Promise<readonly Message[]> {
    const address = await this.shardOf(shard);
    if (!address) return [];
    const state = RunState.of(history, maps);
    const messages: Message[] = [];
    for (const { afterSeq, toSeq, mapRecords } of references) {
      const events = history.filter(({ seq }) => seq > afterSeq && seq <= toSeq);
      const records = mapRecords ? maps?.records.filter(({ n }) => n > mapRecords.after && n <= mapRecords.to) : [];
      messages.push(...messagesOf({ runId, address, state, redelivered: true }, events, records));
      if (!state.isOpen && toSeq === state.lastSeq && leavesRequests(state)) await this.conclude({ runId, address, state });
    }
    return messages;
  }
}
