import type { MapProgress, OldestItem } from '@marathon/core';
import { noWorkerListens } from './activity-waits.js';
import type { RunView, ViewedWait } from './run-view.js';

/** Attempts that end sooner are not announced (see the worker protocol). */
const announcedAfterMs = 2_000;

/** Maps that are not over, each with the item that has been under way for the longest. */
export function mapWaits({ state, surroundings, world }: RunView): readonly ViewedWait[] {
  const open = (surroundings.codeWaits.maps ?? []).filter(({ mapSeq }) => state.maps?.open.has(mapSeq));
  return open.map((map): ViewedWait => {
    const { oldest, scheduledAtMs, ...facts } = map;
    const workers = world.workers.get(map.taskQueue);
    return {
      kind: 'map',
      what: sentenceOf(map, workers),
      sinceMs: oldest?.sinceMs ?? scheduledAtMs,
      ...(oldest?.untilMs !== undefined && { untilMs: oldest.untilMs }),
      ...remedyOf(map, workers, world.nowMs),
      ...facts,
      ...(workers !== undefined && { workers }),
      ...(oldest && { oldest: shown(oldest) }),
    };
  });
}

function sentenceOf({ activity, count, done, oldest, taskQueue }: MapProgress, workers: number | undefined): string {
  const progress = `The map of activity "${activity}" has done ${done} of ${count} items`;
  if (!oldest) return `${progress}.`;
  const item = `item ${oldest.index}, under way for the longest,`;
  const failure = oldest.lastFailure ? ` after ${oldest.lastFailure.type}: ${oldest.lastFailure.message}` : '';
  switch (oldest.state) {
    case 'queued':
      return `${progress}; ${item} waits for a worker${workers === 0 ? `: ${noWorkerListens(taskQueue)}` : ''}${failure}.`;
    case 'running':
      return `${progress}; ${item} runs at attempt ${oldest.attempt}${oldest.worker === undefined ? '' : ` on worker "${oldest.worker}"`}.`;
    case 'deferred':
      return `${progress}; ${item} handed out its token and waits for whoever has it.`;
    case 'backing-off':
      return `${progress}; attempt ${oldest.attempt} of ${item} follows when its back-off is over${failure}.`;
  }
}

function remedyOf({ oldest, taskQueue }: MapProgress, workers: number | undefined, nowMs: number): { readonly remedy?: string } {
  if (workers === 0) return { remedy: `Start a worker that serves task queue "${taskQueue}".` };
  if (oldest?.state === 'backing-off') return { remedy: 'Mend what the failure names; the next attempt comes by itself.' };
  if (oldest?.state === 'deferred') return { remedy: 'Whoever has the token sends the outcome: POST /tokens/{token}/complete, or /fail.' };
  if (oldest?.state !== 'queued' || nowMs - oldest.sinceMs < announcedAfterMs) return {};
  return { remedy: `Its workers are busy or stand still: look at them, or start more for task queue "${taskQueue}".` };
}

const shown = ({ sinceMs: _, untilMs: __, ...oldest }: OldestItem) => oldest;
