// ticket.ts
import { StepFailedError, workflow } from '@marathon/workflow';

export const ticket = workflow('ticket', async (ctx, seat: string) => {
  const issuedAt = await ctx.run('read the clock', ({ attempt }) => clockOnTheWall(attempt), {
    retry: { attemptsMax: 3, initialInterval: '1s' },
    startToCloseTimeout: '10s',
  });
  try {
    await ctx.run('check the seat', () => mustExist(seat), { input: seat });
  } catch (error) {
    if (error instanceof StepFailedError) return { seat, refused: error.failure.message };
    throw error;
  }
  return { seat, issuedAt };
});

function clockOnTheWall(attempt: number): string {
  if (attempt === 1) throw new Error('it is being wound up');
  return new Date().toISOString();
}

function mustExist(seat: string): void {
  if (!/^[A-F]\d+$/.test(seat)) throw new RangeError(`there is no seat ${seat}`);
}
