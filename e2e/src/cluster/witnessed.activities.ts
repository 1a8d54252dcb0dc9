import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Activity, activityContext } from '@marathon/activity';
import { Injectable } from '@nestjs/common';

/** Where executions are written down as they begin and end, a line each: the idempotency key, and `begins` or `ends`. */
export const witnessFileVariable = 'E2E_WITNESS';

/** Activities of which the test sees how many are at work, over all workers, whatever the engine believes. */
@Injectable()
export class WitnessedActivities {
  @Activity('cluster.witnessed')
  async witnessed(durationMs: number): Promise<void> {
    this.note('begins');
    await delay(durationMs);
    this.note('ends');
  }

  private note(what: string): void {
    const file = process.env[witnessFileVariable];
    if (file !== undefined) appendFileSync(file, `${activityContext().idempotencyKey} ${what}\n`);
  }
}
