import { expect, it } from '@jest/globals';
import { newName } from '../test/member.js';
import { silentLog } from '../test/open-stream.js';
import { useBroker } from '../test/use-broker.js';
import type { KafkaStream } from './kafka-stream.js';
import { KafkaTransport } from './kafka-transport.js';

const brokers = useBroker();
const open = () => new KafkaTransport({ brokers: brokers(), clientId: 'test', log: silentLog });

it('starts and stops the stream with the application, and tells of the connection', async () => {
  const transport = open();
  const told: string[] = [];
  transport.status.subscribe((status) => told.push(`status ${status}`));
  transport.on('connected', () => told.push('connected'));
  transport.on('disconnected', () => told.push('disconnected'));

  await transport.listen(() => told.push('listening'));
  expect(transport.unwrap<KafkaStream>().isUsable()).toBe(true);
  await transport.stream.publish([{ topic: newName('topic'), key: 'k', value: 'v' }]);
  await transport.close();

  expect(transport.stream.isUsable()).toBe(false);
  expect(told).toEqual(['status connected', 'connected', 'listening', 'status disconnected', 'disconnected']);
});

it('refuses message patterns, which it would never call', async () => {
  const transport = open();
  transport.addHandler('orders', async () => undefined);

  await expect(transport.listen(() => {})).rejects.toThrow('orders');
});
