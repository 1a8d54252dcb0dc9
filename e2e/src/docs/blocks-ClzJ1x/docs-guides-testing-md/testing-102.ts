import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { workflow } from '@marathon/workflow';

interface CarrierActivities {
  ship(to: string): Promise<{ readonly signedBy: string }>;
}

const parcel = workflow('parcel', async (ctx, to: string) => {
  const { isFragile } = await ctx.approval<{ isFragile: boolean }>({ title: 'Is it fragile?', assignee: 'packers', deadline: '2d' });
  const { ship } = ctx.activities<CarrierActivities>({ startToCloseTimeout: '30d' });
  return `${isFragile ? 'fragile' : 'sturdy'}, signed by ${(await ship(to)).signedBy}`;
});

it('waits for packers, and for whoever signs', async () => {
  let carried = '';
  const env = createTestEnvironment<CarrierActivities>({
    workflows: [parcel],
    activities: {
      ship: (_to, { token, completeLater }) => {
        carried = token;
        return completeLater();
      },
    },
  });
  const handle = await env.start(parcel, { input: 'Ulm' });
  const [asked] = await handle.approvals();
  expect(asked).toMatchObject({ title: 'Is it fragile?', assignee: 'packers' });
  await asked?.answer({ isFragile: true }, { answeredBy: 'ada' });
  await env.advance('29d');
  await env.completeActivity(carried, { signedBy: 'bo' });
  expect(await handle.result()).toBe('fragile, signed by bo');
});
