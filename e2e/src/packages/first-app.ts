/** What a user writes who has never seen this repository: a workflow, an activity, a test, and a program that starts one. */
export const firstApp = {
  'first/tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      experimentalDecorators: true,
      types: ['node'],
      outDir: 'dist',
    },
  }),
  'first/greeting.ts': `
    import { Activity, activityContext } from '@marathon/activity';
    import { signal, workflow } from '@marathon/workflow';

    export class Greetings {
      @Activity()
      async greet(name: string): Promise<string> {
        return \`Hello, \${name}, at attempt \${activityContext().attempt}\`;
      }
    }
    export const wave = signal<{ readonly back: boolean }>('wave');
    export const greeting = workflow('greeting', { signals: [wave] }, async (ctx, name: string) => {
      const { back } = await ctx.waitForSignal(wave);
      return back ? ctx.activities<Greetings>().greet(name) : 'nobody waved';
    });`,
  'first/greeting.test.ts': `
    import assert from 'node:assert';
    import test from 'node:test';
    import { createTestEnvironment, simulate } from '@marathon/testing';
    import { type Greetings, greeting, wave } from './greeting.js';

    const activities = { greet: (name: string) => \`Hi, \${name}\` };
    test('greets who waves back', async () => {
      const env = createTestEnvironment<Greetings>({ workflows: [greeting], activities });
      const handle = await env.start(greeting, { input: 'Ada' });
      await handle.signal(wave, { back: true });
      assert.equal(await handle.result(), 'Hi, Ada');
    });
    test('bears whatever happens', async () => {
      await simulate<string, Greetings>(greeting, { input: 'Ada', activities, during: (handle) => handle.signal(wave, { back: true }) });
    });`,
  'first/main.ts': `
    import { MarathonClient } from '@marathon/client';
    import { startStandalone } from '@marathon/standalone';
    import { Greetings, greeting, wave } from './greeting.js';

    const system = await startStandalone({ port: 0, workflows: [greeting], activities: [Greetings] });
    const client = new MarathonClient({ url: system.url });
    const handle = await client.start(greeting, { input: 'Ada' });
    await handle.signal(wave, { back: true });
    console.log('result:', await handle.result());
    await system.stop();`,
};
