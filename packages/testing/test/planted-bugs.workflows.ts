// Workflows as authors get them wrong, one mistake each. They load without guards.
import { query, signal, type WorkflowContext, workflow } from '@marathon/workflow';
import { effect } from '../src/index.js';

export interface Activities {
  charge(cents: number): Promise<string>;
  chargeWithKey(cents: number): Promise<string>;
  look(place: string): Promise<string>;
}

const activities = (ctx: WorkflowContext) => ctx.activities<Activities>({ retry: { initialInterval: '1s' } });
const stop = signal('stop');
const places = ['Ulm', 'Bonn', 'Kiel'];

export const wallClock = workflow('wall-clock', async (ctx) => {
  const isLate = new Date().getHours() >= 12;
  return activities(ctx).look(`${isLate ? 'evening' : 'morning'} of ${Date.now()}`);
});

export const chance = workflow('chance', async (ctx) => {
  const { look } = activities(ctx);
  const first = await look('Ulm');
  return Math.random() < 0.5 ? first : look('Bonn');
});

export const unawaited = workflow('unawaited', async (ctx) => {
  const { charge, look } = activities(ctx);
  void charge(12);
  return look('Ulm');
});

let orders = 0;
export const sharedState = workflow('shared-state', async (ctx) => {
  orders++;
  return activities(ctx).look(`order ${orders}`);
});

export const effectOutside = workflow('effect-outside', async (ctx) => {
  const seen = await activities(ctx).look('Ulm');
  effect('mail');
  return seen;
});

/** Its activity charges again when an attempt is made again. */
export const withoutKey = workflow('without-key', async (ctx) => activities(ctx).charge(12));

/** A set keeps the order in which things were put into it, which is the order in which activities ended. */
export const unordered = workflow('unordered', async (ctx) => {
  const { look } = activities(ctx);
  const seen = new Set<string>();
  await Promise.all(places.map(async (place) => seen.add(await look(place))));
  const route: string[] = [];
  for (const place of seen) route.push(await look(`from ${place}`));
  return route;
});

export const swallowing = workflow('swallowing', async (ctx) => {
  const { look } = activities(ctx);
  for (const place of places) {
    try {
      await ctx.sleep('1h');
      await look(place);
    } catch {
      // "It may fail": so may a cancellation.
    }
  }
  return 'seen all';
});

/** Whichever activity comes first decides. */
export const firstWins = workflow('first-wins', async (ctx) => {
  const { look } = activities(ctx);
  let last = '';
  await Promise.all(places.map(async (place) => (last = await look(place))));
  return last;
});

/** A library with a life of its own, which keeps what it promises a moment later. */
const library = { connect: () => new Promise<string>((resolve) => setTimeout(resolve, 20, 'connected')) };

/** It is not in memory any more when the library keeps its promise: time passes while nothing happens. */
export const foreignPromise = workflow('foreign-promise', async (ctx) => {
  const { look } = activities(ctx);
  await look('Ulm');
  return Promise.race([library.connect().then(look), ctx.sleep('30d')]);
});

/** As above, and nothing else could ever move it but its handler, for all that the engine knows. */
export const neverMoved = workflow('never-moved', async (ctx) => {
  ctx.onSignal(stop, () => {});
  await ctx.sleep('1h');
  return activities(ctx).look(await library.connect());
});

const approver = query<string>('approver');
const next = query<number>('next');

/** Its query takes a number each time somebody asks. */
export const changingQuery = workflow('changing-query', async (ctx) => {
  let number = 0;
  ctx.onQuery(next, () => ++number);
  await ctx.sleep('1h');
  return activities(ctx).look(`number ${number}`);
});

/** As it should be. */
export const sound = workflow('sound', async (ctx, cents: number) => {
  const { chargeWithKey, look } = activities(ctx);
  let asked = 'nobody';
  ctx.onQuery(approver, () => asked);
  const seen = await Promise.all(places.map((place) => look(place)));
  await ctx.sleep('30d');
  const by = await Promise.race([ctx.waitForSignal<string>('approve'), ctx.sleep('60d').then(() => 'nobody')]);
  asked = by;
  const note = await ctx.run('note', () => `noted ${ctx.workflow}`);
  return { seen, by, note, charge: await chargeWithKey(cents), chance: ctx.random() };
});
