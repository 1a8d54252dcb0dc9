// pass.activities.ts
import { Activity } from '@marathon/activity';
import { printPass } from './booking.js';

export class PassActivities {
  @Activity(printPass)
  async print(seat: string): Promise<{ readonly code: string }> {
    return { code: `PASS-${seat}` };
  }
}
