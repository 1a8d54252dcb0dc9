import { MarathonError } from '../../errors.js';
import type { Clock } from '../../ports/clock.port.js';
import type { Log } from '../../ports/log.port.js';
import type { Items, LaneInbox } from './lane-inbox.js';
import type { ResidentRuns } from './resident-runs.js';
import type { RunWork } from './run-work.js';
import type { WakeUps } from './wake-ups.js';

/** For how long a run is left alone that could not be worked on. */
const asideMs = 30_000;
/** Between attempts to work while the database is away. */
const pauseMsMin = 50;
const pauseMsMax = 2_000;

export interface SetbackServices {
  readonly inbox: LaneInbox;
  readonly runs: ResidentRuns;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a lane does about batches that fail (N3, N5): what was brought comes again, after a while or run by run. */
export class Setbacks {
  /** How many batches are still of one run only, because one of many could not be worked on. */
  private suspects = 0;
  private pauseMs = pauseMsMin;
  private isInDoubt = false;
  /** The lane should begin nothing for now. */
  isPaused = false;

  constructor(
    private readonly services: SetbackServices,
    /** There may be work again. */
    private readonly onReady: () => void,
  ) {}

  /** True while one of many runs cannot be worked on, and nobody knows which. */
  get isSearching(): boolean {
    return this.suspects > 0;
  }

  /** A batch of one run has been taken. */
  searched(): void {
    if (this.suspects > 0) this.suspects--;
  }

  /** A batch went well. */
  over(): void {
    this.pauseMs = pauseMsMin;
  }

  /** @returns true once after the outcome of a commit may be unknown: the database answers again. */
  endDoubt(): boolean {
    const wasInDoubt = this.isInDoubt;
    this.isInDoubt = false;
    return wasInDoubt;
  }

  /** Forgets what the batch did in memory, and tries again after a while. */
  giveUp(works: readonly RunWork[], items: Items, error: unknown): void {
    const { inbox, runs, clock, log } = this.services;
    for (const { runId } of works) runs.drop(runId);
    this.isInDoubt = true;
    if (!(error instanceof MarathonError && error.retryable)) return this.suspect(works, items, error);
    log.warn('a batch could not be committed, and will be tried again', { error, pauseMs: this.pauseMs });
    this.wakeAgain(works, clock.now());
    inbox.putBack(items);
    this.isPaused = true;
    clock.at(clock.now() + this.pauseMs, () => {
      this.isPaused = false;
      this.onReady();
    });
    this.pauseMs = Math.min(this.pauseMs * 2, pauseMsMax);
  }

  /** One of these runs cannot be worked on. Which one it is will be seen when each comes by itself; it then waits for a while. */
  private suspect(works: readonly RunWork[], items: Items, error: unknown): void {
    const { inbox, clock, log } = this.services;
    if (works.length > 1) {
      log.error('a batch could not be worked on: its runs are tried one by one', { error, runs: works.length });
      this.suspects = works.length + items.deliveries.length + items.internals.length;
      this.wakeAgain(works, clock.now());
      return inbox.putBack(items);
    }
    const triedAgainAtMs = clock.now() + asideMs;
    log.error('a run could not be worked on, and will be tried again later', { error, runId: works[0]?.runId, triedAgainAtMs });
    this.wakeAgain(works, triedAgainAtMs);
    inbox.setAside(items);
    clock.at(triedAgainAtMs, () => {
      inbox.bringBack();
      this.onReady();
    });
  }

  private wakeAgain(works: readonly RunWork[], atMs: number): void {
    for (const { runId, shard } of works) this.services.wakeUps.set(runId, shard.id, atMs);
  }
}
