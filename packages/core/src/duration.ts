import { DurationError } from './errors.js';

/** A length of time as people write it: a whole number and a unit, such as `500ms`, `30s`, `5m`, `2h` or `1d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** 10 years: further away than any timer, and far below the largest safe integer. */
export const durationMsMax = 3_650 * unitMs.d;

/** @throws DurationError when `text` is not a duration, or is longer than 3650 days. */
export function durationMs(text: string): number {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  if (!match) throw new DurationError(`"${text}" is not a duration: write a whole number and a unit, such as 500ms, 30s, 5m, 2h or 1d`);
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  if (ms > durationMsMax) throw new DurationError(`"${text}" is longer than 3650d, the longest duration`);
  return ms;
}
