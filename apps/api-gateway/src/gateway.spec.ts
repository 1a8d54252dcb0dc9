import { expect, it } from '@jest/globals';
import { repliesTopic } from '@marathon/protocol';
import { GatewayWorld } from '../test/gateway-world.js';

it('makes a dead letter of a reply that it cannot read, and reads on', async () => {
  await using world = await GatewayWorld.open();
  const partitions = await world.stream.partitionsOf(repliesTopic);
  const replies = Array.from({ length: partitions }, (_, partition) => ({
    topic: repliesTopic,
    partition,
    key: 'k',
    value: '{"type":"x"}',
  }));
  await world.stream.publish(replies);
  const { found, ...letter } = await world.next('dead-letter');
  expect(letter).toMatchObject({ reason: 'unknown-type' });
  expect(found).toMatchObject({ topic: repliesTopic, key: 'k', value: '{"type":"x"}' });

  const answer = world.request('POST', '/workflows?wait=30s', { workflow: 'order' });
  const { runId, replyTo } = await world.next('run-started');
  await world.publisher.publish([{ kind: 'run-closed', to: replyTo ?? { partition: 0, correlationId: '' }, runId, status: 'Completed' }]);
  expect((await answer).status).toBe(200);
  expect(replyTo?.partition).toBe(found?.partition);
});
