import { afterEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';

let world: OwnerWorld;
afterEach(() => world.stop());

it('who gains shards lets in at once whom the one before has left in line', async () => {
  world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.activity('send', 1, { concurrency: { key: 'mails', limit: 1 } }) }]);
  // It was not started: it puts the attempt in line, and does not look.
  const { runId } = await world.running('work');
  expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'ActivityScheduled']);

  const next = await world.createOwner('b');
  await next.start();
  await next.gain(world.shards);
  await next.settled();
  const request = { kind: 'admit-activity', n: 1, activitySeq: 2, attempt: 1 };
  expect(world.messages).toContainEqual(expect.objectContaining({ kind: 'request-accepted', runId, request }));
});
