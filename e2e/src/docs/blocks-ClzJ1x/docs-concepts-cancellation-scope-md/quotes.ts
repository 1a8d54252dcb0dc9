// quotes.ts
import { ScopeTimedOutError, workflow } from '@marathon/workflow';

export interface VendorActivities {
  askForQuote(vendor: string): Promise<number>;
}

export const quotes = workflow('quotes', async (ctx, vendors: readonly string[]) => {
  const { askForQuote } = ctx.activities<VendorActivities>();
  const best: number[] = [];
  const all = ctx.scope(() => Promise.all(vendors.map(async (vendor) => best.push(await askForQuote(vendor)))), { timeout: '1m' });
  try {
    await all;
  } catch (error) {
    if (!(error instanceof ScopeTimedOutError)) throw error; // what has come within the minute will do
  }
  return Math.min(...best);
});
