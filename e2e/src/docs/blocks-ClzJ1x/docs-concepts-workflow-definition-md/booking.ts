// booking.ts
import { activity, query, signal, update, workflow } from '@marathon/workflow';
import { z } from 'zod';

const Seat = z.object({ row: z.int().positive(), letter: z.enum(['A', 'B', 'C']) });

export const changeSeat = update<string, z.infer<typeof Seat>>('change-seat', Seat);
export const seat = query<string>('seat');
export const depart = signal('depart', z.object({ gate: z.string() }));

/** What a worker implements: a result that does not fit is a failure. */
export const printPass = activity('print-pass', { input: z.string(), result: z.object({ code: z.string() }) });

export const booking = workflow('booking', { input: Seat, signals: [depart], queries: [seat], updates: [changeSeat] }, async (ctx, first) => {
  let { row, letter } = first;
  const name = () => `${row}${letter}`;
  ctx.onQuery(seat, name);
  ctx.onUpdate(changeSeat, (other) => {
    ({ row, letter } = other);
    return name();
  });
  const { gate } = await ctx.waitForSignal(depart);
  const { code } = await ctx.activity(printPass, name());
  return `${code} at ${gate}`;
});
