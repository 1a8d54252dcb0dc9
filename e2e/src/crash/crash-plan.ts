import { crashPoints } from './crash-points.js';

/** `P6:2`: at which point, and at which pass of it, each life ends. */
export type CrashPlan = readonly string[];

/**
 * Every point once, in the order of the table, each at a pass that the seed chooses.
 * With `lives`: that many points that the seed chooses, some of them again and again.
 */
export function crashPlan(seed: number, lives?: number): CrashPlan {
  const below = numbersOf(seed);
  const points =
    lives === undefined
      ? crashPoints
      : Array.from({ length: lives }, () => crashPoints[below(crashPoints.length)] as (typeof crashPoints)[number]);
  return points.map(({ name, passesMax }) => `${name}:${1 + below(passesMax)}`);
}

/** Mulberry32: whole numbers from 0 to below `limit`, the same for the same seed. */
function numbersOf(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
