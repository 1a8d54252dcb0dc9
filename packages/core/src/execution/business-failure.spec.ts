import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import { type BusinessFailure, failure, isFailure, type WorkflowContext } from '../index.js';

type Charged =
  | { readonly receipt: string }
  | BusinessFailure<'CardDeclined', { readonly reason: string }>
  | BusinessFailure<'NoAccount', undefined>;

interface PaymentActivities {
  charge(amount: number): Promise<Charged>;
}

describe('a business failure', () => {
  it('comes back from an activity as a value of its type, live and on replay', async () => {
    const code = define(async (ctx) => {
      const charged = await ctx.activities<PaymentActivities>().charge(3);
      if (isFailure(charged, 'CardDeclined')) return charged.details.reason;
      if (isFailure(charged)) return charged.type;
      return charged.receipt;
    });
    for (const [answer, result] of [
      [failure('CardDeclined', { reason: 'limit' }), 'limit'],
      [failure('NoAccount'), 'NoAccount'],
      [{ receipt: 'r1' }, 'r1'],
    ] as const) {
      const run = await RunDriver.start(code);
      await run.complete(2, answer);
      expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: JSON.stringify(result) });
      expect((await replayOf(code, run.history)).divergence).toBeUndefined();
    }
  });

  it.each([undefined, null, 'failure', {}, { kind: 'failure' }, { kind: 'failure', type: 1 }, { kind: 'other', type: 'CardDeclined' }])(
    'is not %j',
    (value) => {
      expect(isFailure(value)).toBe(false);
    },
  );
});

/** Checked by the compiler alone. */
export async function typesOfFailures(ctx: WorkflowContext): Promise<string> {
  const charged = await ctx.activities<PaymentActivities>().charge(1);
  // @ts-expect-error the failures are not handled
  charged.receipt;
  // @ts-expect-error no such failure
  isFailure(charged, 'CardLost');
  if (isFailure(charged, 'CardDeclined')) {
    const reason: string = charged.details.reason;
    return reason;
  }
  // @ts-expect-error one of two failures is not handled
  charged.receipt;
  if (isFailure(charged)) return charged.type;
  return charged.receipt;
}
