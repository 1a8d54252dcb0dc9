// upload.ts
import { query, signal, workflow } from '@marathon/workflow';
import { z } from 'zod';

export const part = signal<number>('part');
export const missing = query<readonly number[], { readonly below: number }>('missing', z.object({ below: z.int() }));

export const upload = workflow('upload', { signals: [part], queries: [missing] }, async (ctx, parts: number) => {
  const there = new Set<number>();
  ctx.onQuery(missing, ({ below }) => Array.from({ length: below }, (_, i) => i + 1).filter((i) => !there.has(i)));
  while (there.size < parts) there.add(await ctx.waitForSignal(part));
});
