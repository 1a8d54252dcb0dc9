// reindex.ts
import { type MapOutcome, workflow } from '@marathon/workflow';

export interface CatalogActivities {
  /** Ids from behind `after` on, the last page shorter than the others. */
  listProducts(after: string): Promise<readonly string[]>;
  index(product: string): Promise<void>;
}

interface Progress {
  readonly after: string;
  readonly failed: readonly string[];
}

export const pageSize = 10_000;

export const reindex = workflow('reindex', async (ctx, { after, failed }: Progress): Promise<readonly string[]> => {
  const { listProducts, index } = ctx.activities<CatalogActivities>({ startToCloseTimeout: '1m', retry: { attemptsMax: 3 } });
  const products = await listProducts(after);
  const outcomes: readonly MapOutcome<void>[] = await ctx.map(products, index, { concurrency: 200, settle: true });
  const all = [...failed, ...products.filter((_, i) => !outcomes[i]?.ok)];
  if (products.length < pageSize) return all;
  return ctx.continueAsNew({ after: products.at(-1) ?? '', failed: all });
});
