import { durationMs, durationMsMax } from '../../duration.js';
import { InvalidCommandError } from '../errors.js';

/** @throws InvalidCommandError when it is neither a duration nor a number of milliseconds, or none at all. */
export function timeoutMs(option: string, value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = intervalMs(option, value);
  if (ms < 1) throw new InvalidCommandError(`${option} is ${value}: it must be at least 1 ms`);
  return ms;
}

/** @throws InvalidCommandError when it is neither a duration nor a number of milliseconds from 0 to 3650 days. */
export function intervalMs(option: string, value: string | number): number {
  if (typeof value === 'string') return durationMs(value);
  if (!(value >= 0 && value <= durationMsMax)) throw new InvalidCommandError(`${option} is ${value}: it must be from 0 ms to 3650 days`);
  return Math.ceil(value);
}
