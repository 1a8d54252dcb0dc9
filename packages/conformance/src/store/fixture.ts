import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach } from '@jest/globals';
import {
  type HistoryEvent,
  type OwnedShard,
  type Payload,
  type PendingRequest,
  type RunAdvance,
  type RunId,
  type RunIntake,
  type RunStart,
  type RunStore,
  recordedPayload,
  runId,
  type StoredRun,
  type TypedEvent,
} from '@marathon/core';
import type { StoreSetup, StoreWorld } from './world.js';

export const namespace = 'default';
export const source = 'conformance-process';
export const taskQueue = 'conformance';

/** A run as its owner knows it. */
export interface OpenRun {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly shard: OwnedShard;
}

/** What a start of the fixture should have otherwise; `workflowId` stands for a whole `started`. */
export type StartOverrides = Partial<RunStart> & { readonly workflowId?: string };

/** A world with two shards that one owner has gained. */
export interface StoreFixture {
  readonly world: StoreWorld;
  readonly store: RunStore;
  readonly intake: RunIntake;
  readonly shards: readonly [OwnedShard, OwnedShard];
  /** Starts runs in the first shard, or where `overrides` says. */
  startRuns(count: number, overrides?: StartOverrides & { readonly shardIndex?: 0 | 1 }): Promise<readonly OpenRun[]>;
  startRun(overrides?: StartOverrides & { readonly shardIndex?: 0 | 1 }): Promise<OpenRun>;
  /** Commits with the epochs of both shards. */
  commit(...advances: readonly RunAdvance[]): ReturnType<RunStore['commit']>;
  /** @throws when the run is unknown. */
  load(id: RunId): Promise<StoredRun>;
  /** The requests that wait for these runs. */
  requestsOf(...ids: readonly RunId[]): Promise<readonly PendingRequest[]>;
  /** What all outbox entries name, whoever claimed them before: claims end at once. */
  outboxReferences(): Promise<readonly { readonly runId: RunId; readonly afterSeq: number; readonly toSeq: number }[]>;
}

/** Opens a fixture before each test and closes its world after it. */
export function useFixture(setup: StoreSetup): () => StoreFixture {
  let fixture: StoreFixture | undefined;
  beforeEach(async () => {
    fixture = await openFixture(await setup());
  });
  afterEach(async () => {
    await fixture?.world.close();
    fixture = undefined;
  });
  return () => {
    if (!fixture) throw new Error('the fixture exists within a test only');
    return fixture;
  };
}

/** Gains the shards of an empty world. */
export async function openFixture(world: StoreWorld): Promise<StoreFixture> {
  const store = world.openRunStore();
  const intake = world.openRunIntake();
  const registered = await world.definitions.register({ taskQueue, partitions: 2, build: 'build-1', workflows: [{ name: 'order' }] });
  const [first, second] = await store.gainShards(registered, 'owner-1');
  if (!first || !second) throw new Error('register did not give two shards');
  const shards = [first, second] as const;

  const startRuns: StoreFixture['startRuns'] = async (count, { shardIndex = 0, ...overrides } = {}) => {
    const starts = Array.from({ length: count }, () => runStart(shards[shardIndex], overrides));
    const { outcomes } = await intake.start(source, starts);
    const refused = outcomes.find(({ outcome }) => outcome !== 'started');
    if (refused) throw new Error(`a start of the fixture was answered ${JSON.stringify(refused)}`);
    return starts.map((start) => ({ runId: start.runId, workflowId: start.started.data.workflowId, shard: shards[shardIndex] }));
  };
  return {
    world,
    store,
    intake,
    shards,
    startRuns,
    startRun: async (overrides) => {
      const [run] = await startRuns(1, overrides);
      if (!run) throw new Error('nothing was started');
      return run;
    },
    commit: (...advances) => store.commit({ source, shards, advances, published: [] }),
    requestsOf: async (...ids) => (await store.readRequests(ids.map((runId) => ({ runId, taken: 0 })))).requests,
    load: async (id) => {
      const run = (await store.loadRuns([id])).runs[0];
      if (!run) throw new Error(`run ${id} is unknown`);
      return run;
    },
    outboxReferences: async () => {
      const entries = await world.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 1_000 });
      return entries.flatMap(({ runs }) => runs);
    },
  };
}

let runsMade = 0;

/** A UUIDv7; each is greater than those made before it. */
export function newRunId(): RunId {
  runsMade += 1;
  const time = Date.now().toString(16).padStart(12, '0');
  const counter = runsMade.toString(16).padStart(6, '0').slice(-6);
  return runId(`${time.slice(0, 8)}-${time.slice(8)}-7${counter.slice(0, 3)}-8${counter.slice(3)}-${randomBytes(6).toString('hex')}`);
}

export function startedEvent(workflowId: string, overrides: Partial<TypedEvent<'WorkflowStarted'>> = {}): TypedEvent<'WorkflowStarted'> {
  return { seq: 1, type: 'WorkflowStarted', at: Date.now(), data: { workflow: 'order', workflowId, taskQueue }, ...overrides };
}

export function runStart(shard: OwnedShard, overrides: StartOverrides = {}): RunStart {
  const { workflowId, ...fields } = overrides;
  const id = newRunId();
  return { namespace, runId: id, shard: shard.id, started: startedEvent(workflowId ?? `workflow-${id}`), wakesAtMs: undefined, ...fields };
}

/** A step of an open run: one event after `expectedSeq`, which is 1 unless given. */
export function advance(run: OpenRun, overrides: Partial<RunAdvance> = {}): RunAdvance {
  const { expectedSeq = 1 } = overrides;
  return {
    runId: run.runId,
    shard: run.shard.id,
    expectedSeq,
    events: [signalReceived(expectedSeq + 1, 1)],
    status: 'Running',
    wakesAtMs: undefined,
    wakeCauses: 0,
    awaitedSignals: [],
    taken: 0,
    ...overrides,
  };
}

/** The step that completes a run. */
export function completion(run: OpenRun, overrides: Partial<RunAdvance> = {}): RunAdvance {
  const { expectedSeq = 1 } = overrides;
  return advance(run, {
    events: [{ seq: expectedSeq + 1, type: 'WorkflowCompleted', at: Date.now(), data: {} }],
    status: 'Completed',
    ...overrides,
  });
}

/** The step that ends a run and goes on with its workflow id in a new one. */
export function continuation(
  run: OpenRun,
  overrides: Partial<RunAdvance> = {},
): RunAdvance & { readonly successor: { readonly runId: RunId } } {
  const { expectedSeq = 1 } = overrides;
  const newId = newRunId();
  return {
    ...advance(run, overrides),
    events: [{ seq: expectedSeq + 1, type: 'WorkflowContinuedAsNew', at: Date.now(), data: { newRunId: newId } }],
    status: 'ContinuedAsNew',
    successor: {
      runId: newId,
      started: startedEvent(run.workflowId, {
        data: { workflow: 'order', workflowId: run.workflowId, taskQueue, continuedFrom: run.runId, firstRunId: run.runId },
      }),
    },
  };
}

export function signalReceived(
  seq: number,
  n: number,
  { name = 'go', payload }: { readonly name?: string; readonly payload?: Payload } = {},
): HistoryEvent {
  const event = { seq, type: 'SignalReceived', at: Date.now(), data: { n, name } } as const;
  return payload === undefined ? event : { ...event, payload };
}

/** Texts that a store may be tempted to change, to refuse, or to lose its whole batch over. */
export const awkwardPayloads: readonly (readonly [name: string, payload: Payload])[] = (
  [
    ['an escaped NUL', '{"text":"a\\u0000b"}'],
    ['lone surrogates', '["\\ud800","\\udfff"]'],
    ['keys in an order of their own, and one twice', '{"z":1,"a":2,"10":3,"z":4}'],
    ['numbers no double can hold', '[-0,1e999,12345678901234567890,1.10]'],
    ['white space', '{ "a" :\n\t[ 1 , 2 ] }'],
    ['quotes, backslashes and braces', '["\\"{NULL,\\\\}\\"","{}",null,"NULL"]'],
    ['text outside the basic plane', '"😀 Ω ß 漢"'],
    ['an empty text', '""'],
    ['100,000 levels of nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['2 MiB', JSON.stringify('x'.repeat(2 * 1024 * 1024))],
  ] as const
).map(([name, text]) => [name, recordedPayload(text)]);
