// thumbnails.ts
import { workflow } from '@marathon/workflow';

export interface ImageActivities {
  resize(image: string): Promise<{ readonly url: string }>;
}

export const thumbnails = workflow('thumbnails', async (ctx, images: readonly string[]) => {
  const { resize } = ctx.activities<ImageActivities>({ startToCloseTimeout: '1m', retry: { attemptsMax: 5 } });
  const made = await ctx.map(images, resize, { concurrency: 50 });
  return made.map(({ url }) => url);
});
