import { z } from 'zod';

/** Read by `parseSearch`, which says more about what is wrong with it than a schema could. */
export const SearchText = z
  .string('must be given once')
  .meta({ id: 'Search', maxLength: 2_000, examples: ['status = "Failed" and startedAt > now - 1h'] });
