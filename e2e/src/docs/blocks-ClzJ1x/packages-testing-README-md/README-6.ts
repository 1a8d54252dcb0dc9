import { createTestEnvironment } from '@marathon/testing';
import { workflow } from '@marathon/workflow';

const greet = workflow('greet', async (ctx, name: string) => {
  await ctx.sleep('365d');
  return ctx.activity<string>('say-hello', name);
});

const env = createTestEnvironment({ workflows: [greet], activities: { 'say-hello': (name) => `Hello, ${name}` } });
const handle = await env.start(greet, { input: 'Ada' });
export const greeting = await handle.result(); // in milliseconds: 'Hello, Ada'
