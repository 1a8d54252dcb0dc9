// travel.activities.ts
import { Activity, ActivityError, type BusinessFailure, failure } from '@marathon/activity';

export class TravelActivities {
  @Activity()
  async findSeat(to: string): Promise<{ readonly number: number } | BusinessFailure<'FullyBooked', { readonly until: string }>> {
    return to === 'Rome' ? failure('FullyBooked', { until: 'May' }) : { number: 17 };
  }

  @Activity()
  async bookSeat({ to }: { readonly to: string; readonly seat: number }): Promise<string> {
    if (to === 'Atlantis') throw new ActivityError('NoSuchPlace', 'it has sunk'); // any error will do: its name is the type
    return `seat to ${to}`;
  }
}
