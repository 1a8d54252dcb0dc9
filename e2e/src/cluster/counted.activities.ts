import { appendFileSync } from 'node:fs';
import { Activity, activityContext } from '@marathon/activity';
import { Injectable } from '@nestjs/common';

/** Where the beginnings of attempts are written down, a line each: the idempotency key and the number of the attempt. */
export const beginningsFileVariable = 'E2E_BEGINNINGS';

/** Activities that tell the test when an attempt begins. */
@Injectable()
export class CountedActivities {
  @Activity('cluster.long')
  async long({ durationMs }: { durationMs: number }): Promise<{ attempt: number }> {
    const { idempotencyKey, attempt, signal } = activityContext();
    const file = process.env[beginningsFileVariable];
    if (file !== undefined) appendFileSync(file, `${idempotencyKey} ${attempt} ${process.pid}\n`);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, durationMs);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    });
    return { attempt };
  }
}
