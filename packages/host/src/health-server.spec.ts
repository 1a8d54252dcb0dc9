import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HealthServer } from './health-server.js';
import { Readiness } from './readiness.js';
import { SystemClock } from './system-clock.js';

describe('HealthServer', () => {
  let readiness: Readiness;
  let server: HealthServer;
  let url: string;
  beforeEach(async () => {
    readiness = new Readiness(new SystemClock());
    server = new HealthServer(readiness);
    url = await server.listen('127.0.0.1', 0);
  });
  afterEach(() => server.close());

  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}${path}`);
    return [response.status, await response.json()];
  };

  it('lives, whatever it cannot reach, and says what that is', async () => {
    readiness.add('stream', () => true);
    readiness.add('database', () => {
      throw new Error('nobody listens');
    });
    expect(await ask('/health/live')).toEqual([200, { status: 'live' }]);
    expect(await ask('/health/ready')).toEqual([
      503,
      { status: 'unready', probes: { stream: { isUp: true }, database: { isUp: false, reason: 'nobody listens' } } },
    ]);
  });

  it('is ready when everything is, at which those who wait learn it', async () => {
    let isUp = false;
    readiness.add('stream', () => isUp);
    const waiting = readiness.untilReady(() => true);
    isUp = true;
    expect(await waiting).toBe(true);
    expect(await ask('/health/ready')).toEqual([200, { status: 'ready' }]);
    isUp = false;
    expect(await readiness.untilReady(() => false)).toBe(false);
  });

  it('knows nothing else', async () => expect(await ask('/')).toEqual([404, expect.anything()]));

  it('refuses a port that is taken', async () => {
    const second = new HealthServer(readiness);
    await expect(second.listen('127.0.0.1', Number(new URL(url).port))).rejects.toMatchObject({
      code: 'MARATHON_ADDRESS_UNAVAILABLE',
      message: expect.stringMatching(/127\.0\.0\.1:\d+: another process has it: .* choose another port/),
    });
  });
});
