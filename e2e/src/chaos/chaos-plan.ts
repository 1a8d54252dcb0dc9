import { Random } from '@marathon/memory';

export const roles = ['api-gateway', 'orchestrator', 'activity-worker'] as const;
export type Role = (typeof roles)[number];

/** Something bad that happens `atMs` after the beginning. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'kill'; readonly role: Role; readonly index: number; readonly awayMs: number }
  /** Stands still, as a virtual machine that is moved does: longer than the group's session at times. */
  | { readonly kind: 'pause'; readonly role: Role; readonly index: number; readonly pauseMs: number }
  | { readonly kind: 'restart'; readonly what: 'PostgreSQL' | 'Kafka'; readonly awayMs: number }
);

export interface ChaosPlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly processesPerRole: number;
}

const meanIntervalMs = 5_000;
const pauseMsMin = 500;
const pauseMsMax = 12_000;

/**
 * What goes wrong, and when: a process dies or stands still every 5 s on average, and in the middle PostgreSQL and Kafka are restarted.
 * Follows from the seed.
 */
export function chaosPlan({ seed, durationMs, processesPerRole }: ChaosPlanOptions): readonly Fault[] {
  const random = new Random(seed);
  const faults: Fault[] = [
    { atMs: durationMs * 0.35, kind: 'restart', what: 'PostgreSQL', awayMs: 500 + random.below(4_000) },
    { atMs: durationMs * 0.65, kind: 'restart', what: 'Kafka', awayMs: 500 + random.below(4_000) },
  ];
  for (let atMs = meanIntervalMs; atMs < durationMs; atMs += meanIntervalMs / 2 + random.below(meanIntervalMs)) {
    const place = { atMs, role: random.pick(roles), index: random.below(processesPerRole) };
    faults.push(
      random.chance(0.5)
        ? { ...place, kind: 'kill', awayMs: 200 + random.below(3_000) }
        : { ...place, kind: 'pause', pauseMs: pauseMsMin + random.below(pauseMsMax - pauseMsMin) },
    );
  }
  return faults.sort((a, b) => a.atMs - b.atMs);
}
