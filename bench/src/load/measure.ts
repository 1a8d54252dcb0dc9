import { setTimeout as delay } from 'node:timers/promises';
import type { ClosedLoop } from './closed-loop.js';
import type { Measurement } from './measurement.js';

export interface Window {
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** Read when the window opens, and when it closes. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

export interface Measured {
  readonly measurement: Measurement;
  readonly elapsedMs: number;
}

const windowsMax = 5;
const lookEveryMs = 100;

/**
 * Measures a running loop after its warm-up. The window is lengthened, up to five times, until as many workflows have
 * been completed in it as are in flight: fewer would say nothing.
 */
export async function measure(loop: ClosedLoop, window: Window, signal: AbortSignal): Promise<Measured> {
  const wait = (ms: number) => delay(ms, undefined, { signal });
  await wait(window.warmupMs);
  window.onOpen();
  const measurement = loop.beginMeasurement();
  const beganMs = performance.now();
  await wait(window.windowMs);
  while (measurement.completed < window.concurrency && performance.now() - beganMs < windowsMax * window.windowMs) await wait(lookEveryMs);
  loop.endMeasurement();
  const elapsedMs = performance.now() - beganMs;
  window.onClose();
  return { measurement, elapsedMs };
}
