import { describe, expect, it } from '@jest/globals';
import { Fifo } from './fifo.js';

describe('Fifo', () => {
  it('gives back what was pushed, in that order, across its compactions', () => {
    const fifo = new Fifo<number>();
    const out: number[] = [];
    for (let i = 0; i < 5_000; i += 1) {
      fifo.push(2 * i);
      fifo.push(2 * i + 1);
      out.push(fifo.shift() as number);
    }
    expect(fifo.length).toBe(5_000);
    while (fifo.length > 0) out.push(fifo.shift() as number);
    expect(out).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(fifo.shift()).toBeUndefined();
  });

  it('prepends before what is left', () => {
    const fifo = new Fifo<string>();
    for (const item of ['a', 'b', 'c']) fifo.push(item);
    fifo.shift();
    fifo.prepend(['x', 'y']);
    expect(fifo.peek()).toBe('x');
    expect([...fifo]).toEqual(['x', 'y', 'b', 'c']);
  });
});
