import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { givingWholeResponses, wholeResponses } from './whole-responses.js';

const response = (text: string): Buffer => {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

describe('wholeResponses', () => {
  it('gives every response once and whole, however the network cuts them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (texts, cuts) => {
        const given: string[] = [];
        const take = wholeResponses(
          (whole) => given.push(whole.subarray(4).toString()),
          (error) => {
            throw error;
          },
        );
        const stream = Buffer.concat(texts.map(response));
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const end = at + (cuts[i % cuts.length] as number);
          take(stream.subarray(at, end));
          at = end;
        }
        expect(given).toEqual(texts);
      }),
    );
  });

  it('fails on what is no response', () => {
    const errors: Error[] = [];
    wholeResponses(
      () => {},
      (error) => errors.push(error),
    )(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(errors).toEqual([expect.any(RangeError)]);
  });
});

describe('a guarded socket', () => {
  const closing: (() => unknown)[] = [];
  afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

  async function connected(): Promise<{ readonly socket: Socket; readonly broker: Socket }> {
    const server = createServer().listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const socket = givingWholeResponses(connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }));
    const [broker] = (await once(server, 'connection')) as [Socket];
    closing.push(() => broker.destroy());
    return { socket, broker };
  }

  it('keeps half a response for itself', async () => {
    const { socket, broker } = await connected();
    const given: string[] = [];
    socket.on('data', (whole) => given.push(whole.subarray(4).toString()));
    broker.write(response('whole'));
    broker.end(response('cut off').subarray(0, 6));
    await once(socket, 'end');
    expect(given).toEqual(['whole']);
  });

  it('is destroyed by what the receiver throws', async () => {
    const { socket, broker } = await connected();
    socket.on('data', () => {
      throw new Error('out of bounds');
    });
    const failed = once(socket, 'error');
    broker.write(response('anything'));
    expect(await failed).toEqual([expect.objectContaining({ message: 'out of bounds' })]);
    expect(socket.destroyed).toBe(true);
  });
});
