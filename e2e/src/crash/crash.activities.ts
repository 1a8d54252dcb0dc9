import { Activity, ActivityError, activityContext } from '@marathon/activity';
import { Injectable, type Type } from '@nestjs/common';
import type { Bomb } from './bomb.js';

/** How long an attempt of `crash.long` takes: longer than the two seconds after which it is announced and leased. */
const longMs = 5_000;

/** The activities of the crash suite; the process dies in them when the bomb says so. */
export function crashActivities(bomb: Bomb): Type {
  @Injectable()
  class CrashActivities {
    @Activity('crash.echo')
    async echo(input: unknown): Promise<unknown> {
      return bomb.around('activity', async () => input);
    }

    @Activity('crash.fail-at-first')
    async failAtFirst({ failures }: { failures: number }): Promise<string> {
      if (activityContext().attempt <= failures) throw new RangeError('not yet');
      return 'at last';
    }

    @Activity('crash.refuse')
    async refuse(): Promise<never> {
      throw new ActivityError('Refused', 'never', { nonRetryable: true });
    }

    @Activity('crash.long')
    async long(): Promise<string> {
      const { signal, heartbeat } = activityContext();
      for (let elapsedMs = 0; elapsedMs < longMs; elapsedMs += 100) {
        heartbeat({ elapsedMs });
        await new Promise((resolve) => setTimeout(resolve, 100));
        signal.throwIfAborted();
      }
      return 'long';
    }

    @Activity('crash.until-aborted')
    async untilAborted(): Promise<never> {
      const { signal } = activityContext();
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw signal.reason;
    }
  }
  return CrashActivities;
}
