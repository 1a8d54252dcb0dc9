import { expect, it } from '@jest/globals';
import { Room } from './room.js';

it('lets no more in than there is room for, in the order in which they ask', async () => {
  const room = new Room(10);
  const began: string[] = [];
  const enter = async (name: string, bytes: number) => {
    const leave = await room.take(bytes);
    began.push(name);
    return leave;
  };
  const first = await enter('six', 6);
  const large = enter('twenty', 20);
  const small = enter('one', 1);
  await Promise.resolve();
  expect(began).toEqual(['six']);

  first();
  first();
  const leaveLarge = await large;
  expect(began).toEqual(['six', 'twenty']);
  leaveLarge();
  await small;
  expect(began).toEqual(['six', 'twenty', 'one']);
});
