import { z } from 'zod';

/** `GET /health/live` and `/health/ready` */
export const Health = z.object({ status: z.enum(['live', 'ready']) }).meta({ id: 'Health' });
export type Health = z.output<typeof Health>;
