import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodePayload, type Message, type RequestIntake, type RunId } from '@marathon/core';
import { migrateDatabase } from '@marathon/postgres';
import { Bomb } from './bomb.js';
import { evidenceViolations } from './check-evidence.js';
import { crashWorkflows } from './crash.workflows.js';
import { eventually } from './eventually.js';
import { Promises } from './evidence.js';
import { OwnerOnPostgres } from './owner-on-postgres.js';
import { readEvidence } from './read-evidence.js';
import { TestDatabase } from './test-database.js';

// By hand: MARATHON_CRASH_ROUNDS=300 for as many rounds of requests.
const rounds = Number(process.env.MARATHON_CRASH_ROUNDS ?? 30);
const timeoutMs = 120_000 + rounds * 1_000;
const partitions = 4;
const workflowCount = 24;
/** Signals that each workflow takes, a run each, before it ends. */
const signalsMax = rounds;

interface Accepted {
  readonly runId: RunId;
  readonly n: number;
  readonly marker: string;
}

describe('two gateways that signal the same runs while their owner closes and continues them', () => {
  const database = new TestDatabase();
  const workflows = crashWorkflows(new Bomb());
  let owner: OwnerOnPostgres;
  let other: OwnerOnPostgres;

  beforeAll(async () => {
    await database.start();
    await migrateDatabase(database.url);
    owner = await OwnerOnPostgres.open({ databaseUrl: database.url, name: 'owner', workflows, partitions });
    other = await OwnerOnPostgres.open({ databaseUrl: database.url, name: 'other-gateway', workflows, partitions });
    await owner.owner.gain(owner.shards);
    owner.onTold = (messages) => owner.deliver(...messages.filter((message) => message.kind === 'run-started'));
  }, timeoutMs);
  afterAll(async () => {
    await Promise.all([owner.stop(), other.stop()]);
    await database.stop();
  }, timeoutMs);

  it(
    'deadlock nowhere, and find every signal that they accepted in a history, in the order of its number',
    async () => {
      const started = await Promise.all(
        Array.from({ length: workflowCount }, (_, i) =>
          owner.start('crash.relay', owner.shards[i % partitions] as never, { markers: [], count: signalsMax }),
        ),
      );
      owner.deliver(...started);
      const workflowIds = started.map((message) => message.started?.data.workflowId as string);
      const accepted = (await Promise.all([owner, other].map((gateway, g) => signalAll(gateway, `g${g}`, workflowIds)))).flat();
      await eventually(async () => expect(await database.read('select from run_requests')).toHaveLength(0));
      await owner.owner.settled();

      const { runs } = await readEvidence(database.url, new Promises());
      const histories = new Map(runs.map(({ runId, history }) => [runId, history]));
      const recorded = accepted.map(({ runId, n }) =>
        histories.get(runId)?.find((event) => event.type === 'SignalReceived' && event.data.n === n),
      );
      expect(recorded.map((event) => event?.payload)).toEqual(accepted.map(({ marker }) => encodePayload({ marker })));
      expect(runs.flatMap(({ history }) => history.filter(({ type }) => type === 'SignalReceived'))).toHaveLength(accepted.length);
      expect(runs.filter(({ status }) => status === 'ContinuedAsNew').length).toBeGreaterThan(workflowCount);
      const closed = runs.filter(({ isClosed }) => isClosed);
      expect(await evidenceViolations({ promises: new Promises(), runs: closed, outboxEntries: 0, waitingRequests: 0 }, workflows)).toEqual(
        [],
      );
      expect(readFileSync(path.join(database.directory, 'data/postgres.log'), 'utf8')).not.toMatch(/deadlock/i);
    },
    timeoutMs,
  );

  /** Rounds of one request to every workflow, in an order of its own each. */
  async function signalAll(gateway: OwnerOnPostgres, name: string, workflowIds: readonly string[]): Promise<readonly Accepted[]> {
    const accepted: Accepted[] = [];
    for (let round = 0; round < rounds; round++) {
      const shuffled = workflowIds.toSorted((a, b) => orderOf(a, round, name) - orderOf(b, round, name));
      const markers = shuffled.map((workflowId) => `${workflowId}/${name}/${round}`);
      const outcomes = await gateway.intake.request(shuffled.map((workflowId, i) => signalOf(workflowId, markers[i] as string)));
      const nudges = outcomes.flatMap((outcome, i): readonly Message[] => {
        if (outcome.outcome !== 'accepted') return [];
        const { runId, request, shard } = outcome;
        accepted.push({ runId, n: request.n, marker: markers[i] as string });
        const to = owner.shards.find(({ id }) => id === shard);
        return to ? [{ kind: 'request-accepted', to, runId, n: request.n, request }] : [];
      });
      owner.deliver(...(nudges as never[]));
    }
    return accepted;
  }
});

const signalOf = (workflowId: string, marker: string): RequestIntake => ({
  namespace: 'default',
  workflowId,
  request: { kind: 'signal', name: 'item', payload: encodePayload({ marker }) as never },
});

/** Any order that is another one in every round, and for every gateway. */
function orderOf(workflowId: string, round: number, name: string): number {
  let hash = 0;
  for (const character of `${workflowId}${name}${round}`) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return hash;
}
