import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventLog, ManualClock } from '@marathon/memory';
import {
  type Message,
  type OwnedShard,
  type Payload,
  type RunId,
  runId,
  StoreUnavailableError,
  Sweeper,
  type TypedEvent,
} from '../index.js';

const sweepOptions = { olderThanMs: 10_000, intervalMs: 5_000 };

let clock: ManualClock;
let log: InMemoryEventLog;
let shard: OwnedShard;
let sent: Message[][];
let errors: unknown[];
/** What the stream does with messages. */
let publish: (messages: readonly Message[]) => { readonly tooLarge: readonly Message[] };

beforeEach(async () => {
  clock = new ManualClock();
  log = new InMemoryEventLog({ clock });
  const shards = await log.definitions.register({ taskQueue: 'q', partitions: 1, build: 'b', workflows: [{ name: 'w' }] });
  [shard] = (await log.runStore.gainShards(shards, 'dead')) as [OwnedShard];
  sent = [];
  errors = [];
  publish = () => ({ tooLarge: [] });
});

function createSweeper() {
  const publisher = {
    publish: async (messages: readonly Message[]) => {
      const outcome = publish(messages);
      sent.push(messages.filter((message) => !outcome.tooLarge.includes(message)));
      return outcome;
    },
  };
  const quiet = { info() {}, warn() {}, error: (message: string, fields: unknown) => errors.push([message, fields]) };
  return new Sweeper(
    log.outbox,
    log.runStore,
    publisher,
    async () => shard,
    async () => {},
    clock,
    quiet,
    sweepOptions,
  );
}

/** A run that a dead gateway has started, with an entry that nobody published. */
async function startRun(n: number, payload?: Payload): Promise<RunId> {
  const id = runId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  const data = { workflow: 'w', workflowId: id, taskQueue: 'q' };
  const started = { seq: 1, type: 'WorkflowStarted', at: clock.now(), data, ...(payload && { payload }) } as TypedEvent<'WorkflowStarted'>;
  await log.intake.start('dead', [{ namespace: 'default', runId: id, shard: shard.id, started, wakesAtMs: undefined }]);
  return id;
}

/** No more of several histories is read at a time. */
function boundEvents(events: number): void {
  const loadRuns = log.runStore.loadRuns.bind(log.runStore);
  log.runStore.loadRuns = (ids) => loadRuns(ids, { events, bytes: 1_000_000 });
}

const sentRuns = () => sent.flat().map((message) => 'runId' in message && message.runId);
const leftEntries = async () => (await log.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 1_000 })).length;

describe('the sweeper', () => {
  it('sends in pieces what histories do not fit into memory together for, and deletes their entries then (W3)', async () => {
    const ids: RunId[] = [];
    for (let n = 1; n <= 5; n++) ids.push(await startRun(n));
    boundEvents(2);
    const sweeper = createSweeper();
    await sweeper.sweepSource('dead');
    expect(sent.map((messages) => messages.length)).toEqual([2, 2, 1]);
    expect(sentRuns()).toEqual(ids);
    expect(await leftEntries()).toBe(0);
  });

  it('sends what is old, marked as sent again, and deletes it then (W1, W2)', async () => {
    const id = await startRun(1);
    const sweeper = createSweeper();
    await sweeper.start();
    clock.advanceBy(5_000);
    await sweeper.sweepSource('nobody');
    expect(sent).toEqual([]);
    clock.advanceBy(5_000);
    await sweeper.sweepSource('nobody');
    expect(sent).toMatchObject([[{ kind: 'run-started', runId: id, redelivered: true, to: { taskQueue: 'q', partition: 0 } }]]);
    expect(await leftEntries()).toBe(0);
    await sweeper.stop();
  });

  it('sends what one process left at once, when it is asked to', async () => {
    const id = await startRun(1);
    await createSweeper().sweepSource('dead');
    expect(sentRuns()).toEqual([id]);
  });

  it('sends all there is, however much', async () => {
    for (let n = 0; n < 250; n++) await startRun(n);
    await createSweeper().sweepSource('dead');
    expect(sentRuns()).toHaveLength(250);
    expect(await leftEntries()).toBe(0);
  });

  it('keeps an entry until its messages were taken, and tries again when its claim has run out (W3)', async () => {
    await startRun(1);
    const sweeper = createSweeper();
    publish = () => {
      throw new StoreUnavailableError('the stream is away');
    };
    await sweeper.sweepSource('dead');
    publish = () => ({ tooLarge: [] });
    await sweeper.sweepSource('dead');
    expect(sent).toEqual([]);
    clock.advanceBy(30_000);
    await sweeper.sweepSource('dead');
    expect(sentRuns()).toHaveLength(1);
  });

  it('sends a start without its content when it is too large (W3)', async () => {
    const id = await startRun(1, '"large"' as Payload);
    publish = (messages) => ({ tooLarge: messages.filter((message) => message.kind === 'run-started' && message.started) });
    await createSweeper().sweepSource('dead');
    expect(sent.at(-1)).toEqual([{ kind: 'run-started', to: shard, runId: id, redelivered: true }]);
    expect(await leftEntries()).toBe(0);
  });

  it('leaves an entry alone whose run it cannot read, and sends all others (W4)', async () => {
    const ids: RunId[] = [];
    for (let n = 0; n < 5; n++) ids.push(await startRun(n));
    const { runs } = (log.runStore as unknown as { state: { runs: Map<string, { history: { type: number }[] }> } }).state;
    Object.assign(runs.get(ids[2] as string)?.history[0] ?? {}, { type: 99 });
    await createSweeper().sweepSource('dead');
    expect(sentRuns()).toEqual(ids.filter((_, n) => n !== 2));
    expect(errors).toHaveLength(1);
    clock.advanceBy(60_000);
    expect(await leftEntries()).toBe(1);
  });
});
