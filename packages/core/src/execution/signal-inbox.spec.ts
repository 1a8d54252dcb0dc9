import { describe, expect, it } from '@jest/globals';
import type { Payload } from '../index.js';
import { SignalInbox } from './signal-inbox.js';

const json = (value: unknown) => JSON.stringify(value) as Payload;

describe('SignalInbox', () => {
  it('gives what came before to those who ask, in order', async () => {
    const inbox = new SignalInbox();
    inbox.deliver('a', json(1));
    inbox.deliver('b', undefined);
    inbox.deliver('a', json(2));
    expect(await Promise.all([inbox.next('a'), inbox.next('b'), inbox.next('a')])).toEqual([1, undefined, 2]);
    expect([inbox.isAwaited, inbox.unconsumed]).toEqual([false, []]);
  });

  it('gives each to one who waits, in the order of asking', async () => {
    const inbox = new SignalInbox();
    const waiting = [inbox.next('a'), inbox.next('a'), inbox.next('b')];
    expect(inbox.awaited).toEqual(['a', 'b']);
    inbox.deliver('a', json(1));
    inbox.deliver('b', json(3));
    expect(inbox.awaited).toEqual(['a']);
    inbox.deliver('a', json(2));
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
    expect(inbox.isAwaited).toBe(false);
  });

  it('keeps what nobody consumed, in the order of each name', () => {
    const inbox = new SignalInbox();
    void inbox.next('a');
    for (const [name, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['b', undefined],
    ] as const) {
      inbox.deliver(name, value === undefined ? undefined : json(value));
    }
    expect(inbox.unconsumed).toEqual([{ name: 'b', payload: '2' }, { name: 'b' }, { name: 'a', payload: '3' }]);
  });

  it('rejects all who wait when the run is canceled, and keeps what comes afterwards for others', async () => {
    const inbox = new SignalInbox();
    const waiting = inbox.next('a');
    for (const wait of inbox.cancel(() => true)) wait.reject(new Error('canceled'));
    await expect(waiting).rejects.toThrow('canceled');
    inbox.deliver('a', json(1));
    expect(await inbox.next('a')).toBe(1);
  });
});
