import assert from 'node:assert';
import { createTestEnvironment } from '@marathon/testing';
import { transcribe } from './transcribe.js';

const atWork = { now: 0, most: 0 };
const env = createTestEnvironment({
  workflows: [transcribe],
  activities: {
    transcribe: async ({ file }: { readonly file: string }, { sleep }) => {
      atWork.most = Math.max(atWork.most, ++atWork.now);
      await sleep('10s');
      atWork.now--;
      return `text of ${file}`;
    },
  },
});
const run = await env.start(transcribe, { input: { customer: 'ada', files: ['a', 'b', 'c', 'd', 'e'] } });
assert.equal((await run.result()).length, 5);
assert.equal(atWork.most, 3);
