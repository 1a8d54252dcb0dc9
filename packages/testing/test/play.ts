import { encodePayload, type HistoryEvent, isClosed, newestFirst, type Payload, type RunId, RunState } from '@marathon/core';
import type { CheckedRun } from '../src/checks/check-run.js';
import { type Faults, Simulation } from '../src/index.js';
import type { Disturbance, Plan, PlannedRun } from './arbitraries.js';
import { large, largeSignal } from './exchange.js';
import { residueOf, wrongLapses } from './inside.js';
import { answerApprovals, later } from './people.js';
import { activities, code, interpreter, isGuilty, signalsOf } from './program.js';

/** For how long things go wrong, and for how long runs may take afterwards. */
const disturbedMs = 30_000;
const patienceMs = 6 * 3_600_000;
/** Longer than any claim or lease. */
const aftermathMs = 120_000;

export interface Played {
  readonly world: Simulation;
  /** Whether the code as it is now is the one that recorded the run's history, or took it up in the end. */
  isOfMendedCode(run: CheckedRun): boolean;
  /** By planned run: how the last run of its workflow id ended. */
  readonly ends: readonly (HistoryEvent | undefined)[];
  /** Runs that are open still, and where they stand; places under limits that are not given back, approvals, and updates without an answer. */
  readonly left: readonly string[];
  /** Leases that lapsed though they were renewed, and limits that were exceeded. */
  readonly lapses: readonly string[];
  /** What each process holds in memory in the end. */
  readonly residues: readonly Readonly<Record<string, number>>[];
}

/** What is looked at while it goes on. */
export type Watch = (world: Simulation) => Promise<void>;

/** Plays a plan to its end. */
export async function play({ runs, mendedAfterMs, isDeployed, ...options }: Plan, watch: Watch = async () => {}): Promise<Played> {
  const world: Simulation = new Simulation({
    workflows: [interpreter],
    activities: { ...activities, later: later(() => world) },
    movesLargePayloads: true,
    ...options,
  });
  answerApprovals(world);
  const calmAtMs = world.clock.now() + disturbedMs;
  const mendedAtMs = world.clock.now() + mendedAfterMs;
  const lapses: string[] = [];
  world.onAdvanced = (advance) => lapses.push(...wrongLapses(world, advance));
  const ids: RunId[] = [];
  for (const [i, run] of runs.entries()) {
    ids.push(await world.start('interpreter', run.input, { workflowId: `w${i}`, ...startOf(run) }));
    arrange(world, `w${i}`, run, ids[i] as RunId);
  }
  code.isMended = false;
  world.clock.at(mendedAtMs, () => {
    code.isMended = true;
    if (isDeployed) void world.deploy('mended');
  });
  world.clock.at(calmAtMs, () => {
    world.chance.calm();
    // Code that had left memory before its foreign promise was settled is found guilty by nobody, and can wait for updates for ever.
    for (const [i, { input }] of runs.entries()) if (isGuilty(input.program)) disturb(world, `w${i}`, 'update', ids[i] as RunId);
  });
  // Another build takes up what it can: only what is left waits to be asked.
  resumeAgainAndAgain(world, isDeployed ? mendedAtMs + 30_000 : mendedAtMs);
  await world.settleUntil(async () => {
    await watch(world);
    lapses.push(...(await overfullLimits(world)));
    return world.openRuns === 0;
  }, patienceMs);
  await world.settle(aftermathMs);
  const ends = await Promise.all(runs.map((_, i) => endOf(world, `w${i}`)));
  const residues = world.alive.map(({ owner }) => residueOf(owner));
  await world.stop();
  const isOfMendedCode = ({ history }: CheckedRun) =>
    !isGuilty(JSON.parse(history[0]?.payload ?? '{}').program) ||
    history.some((event) => event.type === 'WorkflowResumed' && event.at >= mendedAtMs && !isEndedAtOnce(event, history));
  return { world, isOfMendedCode, ends, left: await leftOpen(world), lapses, residues };
}

/** Terminated or timed out by what was accepted together with the resumption: the code was not run in between. */
function isEndedAtOnce(resumed: HistoryEvent, history: readonly HistoryEvent[]): boolean {
  const last = history.at(-1);
  return (last?.type === 'WorkflowTerminated' || last?.type === 'WorkflowTimedOut') && last.at === resumed.at;
}

/** The same programs when nothing goes wrong. */
export function undisturbed(plan: Plan): Promise<Played> {
  const faults: Faults = {};
  const runs = plan.runs.map(({ input }) => ({ input, startDelayMs: undefined, runTimeoutMs: undefined, limits: {}, disturbances: [] }));
  return play({ ...plan, runs, faults, processes: 1, residentRuns: 1_000, isDeployed: false });
}

/** True when nothing but the program says how it ends. */
export const isLeftAlone = ({ input, runTimeoutMs, disturbances }: PlannedRun): boolean =>
  !isGuilty(input.program) && runTimeoutMs === undefined && disturbances.every(({ kind }) => kind !== 'cancel' && kind !== 'terminate');

function startOf({ startDelayMs, runTimeoutMs, limits }: PlannedRun) {
  return { ...limits, ...(startDelayMs !== undefined && { startDelayMs }), ...(runTimeoutMs !== undefined && { runTimeoutMs }) };
}

/** Signals that the run waits for come spread over the time in which things go wrong; disturbances when they are due. */
function arrange(world: Simulation, workflowId: string, run: PlannedRun, first: RunId): void {
  const start = world.clock.now();
  const names = signalsOf(run.input);
  for (const [i, name] of names.entries()) {
    world.clock.at(start + Math.floor((disturbedMs / names.length) * i), () => void world.signal(workflowId, name, contentOf(name, i)));
  }
  for (const { kind, atMs } of run.disturbances) world.clock.at(start + atMs, () => disturb(world, workflowId, kind, first));
}

const contentOf = (name: string, i: number) => (name.startsWith(largeSignal('')) ? `${large}${i}` : `${name} ${i}`);

function disturb(world: Simulation, workflowId: string, kind: Disturbance['kind'], first: RunId): void {
  switch (kind) {
    case 'stray-signal':
      return void world.signal(workflowId, 'stray', { stray: true });
    case 'update':
      return void world.request(workflowId, { kind, updateId: `${world.clock.now()}`, name: 'echo' });
    case 'unwelcome-update':
      return void world.request(workflowId, {
        kind: 'update',
        updateId: `u${world.clock.now()}`,
        name: 'echo',
        payload: '"unwelcome"' as Payload,
      });
    case 'large-update':
      return void world.request(workflowId, {
        kind: 'update',
        updateId: `l${world.clock.now()}`,
        name: 'echo',
        payload: encodePayload(large) as Payload,
      });
    case 'offered-update':
      return void world.offerUpdate(workflowId, { updateId: `o${world.clock.now()}`, name: 'echo' });
    case 'update-offered-twice':
      for (let i = 0; i < 2; i++) void world.offerUpdate(workflowId, { updateId: `t${world.clock.now()}`, name: 'echo' });
      return;
    case 'query':
      return void world.query(first, 'program', undefined, workflowId);
    case 'await-result':
      return void world.awaitResult(first, workflowId);
    case 'resume':
      return void world.request(workflowId, { kind });
    default:
      return void world.request(workflowId, { kind, reason: 'for a test' });
  }
}

/** Suspended runs are resumed; those that cannot be are terminated in the end. */
function resumeAgainAndAgain(world: Simulation, atMs: number, times = 3): void {
  world.clock.at(atMs, async () => {
    for (const { status, workflowId } of await world.eventLog.reader.search({ namespace: 'default', orderBy: newestFirst, limit: 1_000 })) {
      if (status === 'Suspended') void world.request(workflowId, times > 0 ? { kind: 'resume' } : { kind: 'terminate' });
    }
  });
  if (times > 0) world.clock.at(atMs, () => resumeAgainAndAgain(world, atMs + 30_000, times - 1));
}

/** More are let in than a limit allows. */
async function overfullLimits({ eventLog }: Simulation): Promise<readonly string[]> {
  const limits = await eventLog.reader.listLimits({ namespace: 'default', limit: 10 });
  return limits.flatMap(({ name, limit, inFlight }) => (inFlight > limit ? [`${inFlight} hold a place under ${name}`] : []));
}

async function leftOpen(world: Simulation): Promise<readonly string[]> {
  const rows = await world.eventLog.reader.search({ namespace: 'default', orderBy: newestFirst, limit: 1_000 });
  const open = rows.filter(({ status }) => !isClosed(status));
  const limits = await world.eventLog.reader.listLimits({ namespace: 'default', limit: 10 });
  const approvals = await world.eventLog.reader.listApprovals({ namespace: 'default', limit: 10 });
  const runs = await Promise.all(
    open.map(async ({ runId, status, workflowId }) => {
      const history = await world.history(runId);
      return `${workflowId} is ${status}: ${history.map(({ type }) => type).join()} ${JSON.stringify(history.at(-1))}`;
    }),
  );
  return [
    ...runs,
    ...(await Promise.all(rows.map(async ({ runId }) => unanswered(await world.history(runId))))).flat(),
    ...limits.map((limit) => `somebody holds or waits for ${JSON.stringify(limit)}`),
    ...approvals.map((approval) => `nobody can answer ${JSON.stringify(approval)}`),
  ];
}

/** Code that has ended has answered all: its handler is there from the beginning. That of a run which was canceled in line never began. */
function unanswered(history: readonly HistoryEvent[]): readonly string[] {
  if (!byCode.has(history.at(-1)?.type) || RunState.of(history).endedInLine) return [];
  const answered = new Set(history.map(({ data }) => 'updateSeq' in data && data.updateSeq));
  const without = history.filter(({ type, seq }) => type === 'UpdateReceived' && !answered.has(seq));
  return without.map((update) => `nobody answered ${JSON.stringify(update)}`);
}

const byCode: ReadonlySet<string | undefined> = new Set([
  'WorkflowCompleted',
  'WorkflowFailed',
  'WorkflowCanceled',
  'WorkflowContinuedAsNew',
]);

async function endOf(world: Simulation, workflowId: string): Promise<HistoryEvent | undefined> {
  const row = await world.eventLog.reader.find('default', workflowId);
  return row && (await world.history(row.runId)).at(-1);
}
