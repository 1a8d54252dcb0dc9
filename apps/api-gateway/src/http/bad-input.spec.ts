import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../test/gateway-world.js';
import { GatewayWorld } from '../../test/gateway-world.js';

const fields = ({ body }: Answer) => (body.errors as { field: string }[]).map(({ field }) => field);
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const missing = '00000000-0000-7000-8000-000000000000';

describe('bad input', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await GatewayWorld.open({ bodyBytesMax: 1_000_000 });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each([
    [['body'], undefined],
    [['body'], 'null'],
    [['body'], '[]'],
    [['workflow'], {}],
    [['workflow'], { workflow: '' }],
    [['workflow'], { workflow: 'unheard-of' }],
    [['workflow'], '{"workflow":"\\ud800"}'],
    [['workflowId'], { workflow: 'order', workflowId: 'a\nb' }],
    [['workflowId'], { workflow: 'order', workflowId: 'x'.repeat(201) }],
    [['taskQueue'], { workflow: 'order', taskQueue: 'a b' }],
    [['taskQueue'], { workflow: 'order', taskQueue: 'elsewhere' }],
    [['runTimeout'], { workflow: 'order', runTimeout: '5 minutes' }],
    [['startDelay'], { workflow: 'order', startDelay: 5 }],
    [['memo'], { workflow: 'order', memo: 'text' }],
    [['searchAttributes'], { workflow: 'order', searchAttributes: [] }],
    [['searchAttributes.a'], { workflow: 'order', searchAttributes: { a: {} } }],
    [['searchAttributes.a'], { workflow: 'order', searchAttributes: { a: [1] } }],
    [['searchAttributes.a'], { workflow: 'order', searchAttributes: { a: 'x'.repeat(2_049) } }],
    [['searchAttributes.a-b'], { workflow: 'order', searchAttributes: { 'a-b': 1 } }],
    [['concurrency'], { workflow: 'order', concurrency: 5 }],
    [['concurrency.key', 'concurrency.limit'], { workflow: 'order', concurrency: { key: '', limit: 0 } }],
    [['concurrency.limit'], { workflow: 'order', concurrency: { key: 'k', limit: 10_001 } }],
    [['concurrency.max'], { workflow: 'order', concurrency: { key: 'k', limit: 1, max: 2 } }],
    [['rateLimit.per'], { workflow: 'order', rateLimit: { limit: 1 } }],
    [['rateLimit.limit', 'rateLimit.per'], { workflow: 'order', rateLimit: { limit: 1.5, per: '0s' } }],
    [['priority'], { workflow: 'order', priority: 6 }],
    [['fairnessKey'], { workflow: 'order', fairnessKey: '\n' }],
    [['idConflict'], { workflow: 'order', idConflict: 'replace' }],
    [['runTimeout', 'shoeSize'], { workflow: 'order', runTimeout: '', shoeSize: 43 }],
  ])('POST /workflows names %j', async (expected, body) => {
    const answer = await world.request('POST', '/workflows', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'MARATHON_REQUEST_INVALID' } });
    expect(fields(answer)).toEqual(expected);
  });

  it.each([
    [{ workflow: 3 }, 'workflow must be a text'],
    [[], 'body must be an object'],
    [{ workflow: 'order', priority: 'high' }, 'priority must be a number'],
    [{ workflow: 'order', priority: 6 }, 'priority must be at most 5'],
    [{ workflow: 'order', rateLimit: { limit: 0, per: '1s' } }, 'rateLimit.limit must be at least 1'],
    [{ workflow: 'order', idConflict: 'replace' }, 'idConflict must be "fail" or "useExisting"'],
  ])('says what is wrong with %j', async (body, detail) => {
    expect(await world.request('POST', '/workflows', JSON.stringify(body))).toMatchObject({ status: 400, body: { detail } });
  });

  it('lists the workflows there are when it does not know one', async () => {
    const { body } = await world.request('POST', '/workflows', { workflow: 'unheard-of' });
    expect(body.detail).toContain('known are order');
  });

  it.each([
    ['GET', '/workflows?limit=0', 'limit'],
    ['GET', '/workflows?limit=201', 'limit'],
    ['GET', '/workflows?limit=1&limit=2', 'limit'],
    ['GET', '/workflows?status=Asleep', 'status'],
    ['GET', '/workflows?cursor=abc', 'cursor'],
    ['GET', '/definitions?cursor=abc', 'cursor'],
    ['GET', '/workflows?colour=red', 'colour'],
    ['GET', '/workflows/o?runId=1', 'runId'],
    ['GET', '/workflows/a%0ab', 'workflowId'],
    ['GET', `/workflows/${'x'.repeat(3_000)}`, 'workflowId'],
    ['GET', '/workflows/o/history?after=-1', 'after'],
    ['GET', '/workflows/o/history?limit=1001', 'limit'],
    ['GET', '/workflows/o/history?format=page', 'format'],
    ['GET', '/workflows/o/history?format=file&limit=1', 'limit'],
    ['GET', '/workflows/o/result?wait=121s', 'wait'],
    ['GET', '/workflows/o/result?wait=soon', 'wait'],
    ['GET', '/workflows/o/events?after=x', 'after'],
    ['POST', '/workflows?wait=0.5s', 'wait'],
    ['POST', '/workflows/o/signals/a%0ab', 'name'],
  ] as const)('%s %s names %s', async (method, url, field) => {
    const answer = await world.request(method, url, method === 'POST' ? { workflow: 'order' } : undefined);
    expect(answer).toMatchObject({ status: 400, body: { code: 'MARATHON_REQUEST_INVALID', instance: url.slice(0, 1_000) } });
    expect(fields(answer)).toEqual([field]);
  });

  it.each([
    ['Idempotency-Key', 'a b'],
    ['Idempotency-Key', 'x'.repeat(256)],
    ['Idempotency-Key', ''],
  ])('names the header %s: %j', async (header, value) => {
    const answer = await world.request('POST', '/workflows', { workflow: 'order' }, { [header]: value });
    expect(answer.status).toBe(400);
    expect(fields(answer)).toEqual([header]);
  });

  it('names the header Last-Event-ID', async () => {
    await world.order('watched');
    const answer = await world.request('GET', '/workflows/watched/events', undefined, { 'last-event-id': 'x' });
    expect(answer.status).toBe(400);
    expect(fields(answer)).toEqual(['Last-Event-ID']);
  });

  it.each(['{', '{"workflow":"order"', '\ufeff{}', "{'workflow':1}"])('answers 400 to the malformed JSON %j', async (body) => {
    expect(await world.request('POST', '/workflows', body)).toMatchObject({ status: 400, body: { code: 'MARATHON_JSON_MALFORMED' } });
  });

  it('refuses nesting that cannot be recorded', async () => {
    const answer = await world.request('POST', '/workflows', `{"workflow":"order","input":${deep(100_000)}}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'MARATHON_PAYLOAD_NOT_SERIALIZABLE' } });
    const memo = await world.request('POST', '/workflows', `{"workflow":"order","memo":{"a":${deep(100_000)}}}`);
    expect(memo).toMatchObject({ status: 400, body: { code: 'MARATHON_PAYLOAD_NOT_SERIALIZABLE' } });
  });

  it('answers 413 to a body over the limit, and writes nothing', async () => {
    const body = { workflow: 'order', workflowId: 'large', input: 'x'.repeat(1_000_000) };
    expect(await world.request('POST', '/workflows', body)).toMatchObject({ status: 413, body: { code: 'MARATHON_BODY_TOO_LARGE' } });
    expect(await world.eventLog.reader.find('default', 'large')).toBeUndefined();
  });

  it('answers 415 to anything but JSON', async () => {
    const answer = await world.request('POST', '/workflows', 'workflow=order', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'MARATHON_CONTENT_TYPE_UNSUPPORTED' } });
  });

  it('says how to announce JSON, and where it says what there is', async () => {
    const { body } = await world.request('POST', '/workflows', '{}', { 'content-type': 'text/plain' });
    expect(body.detail).toContain('Send `Content-Type: application/json`');
    expect((await world.request('GET', '/workflow')).body.detail).toContain('`/docs` shows what there is');
  });

  it('refuses what it could not record as it was sent', async () => {
    const latin1 = Buffer.from('{"workflow":"order","input":"caf\u00e9"}', 'latin1');
    expect(await world.request('POST', '/workflows', latin1)).toMatchObject({ status: 400, body: { code: 'MARATHON_JSON_MALFORMED' } });
    const zipped = await world.request('POST', '/workflows', gzipSync('{"workflow":"order"}'), { 'content-encoding': 'gzip' });
    expect(zipped).toMatchObject({ status: 415, body: { detail: expect.stringContaining('send the body as it is') } });
  });

  it('takes JSON with a charset', async () => {
    const answer = await world.request('POST', '/workflows', { workflow: 'order' }, { 'content-type': 'application/json; charset=utf-8' });
    expect(answer.status).toBe(201);
  });

  it.each([
    ['GET', '/nothing', 'MARATHON_ROUTE_NOT_FOUND'],
    ['POST', '/workflows/o/history', 'MARATHON_ROUTE_NOT_FOUND'],
    ['GET', '/workflows/unheard-of', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['GET', `/workflows/o?runId=${missing}`, 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['GET', '/workflows/unheard-of/history', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['GET', '/workflows/unheard-of/result?wait=30s', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['GET', '/workflows/unheard-of/events', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['POST', '/workflows/unheard-of/signals/go', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['POST', '/workflows/unheard-of/cancel', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['POST', '/workflows/unheard-of/terminate', 'MARATHON_WORKFLOW_NOT_FOUND'],
    ['POST', '/workflows/unheard-of/resume', 'MARATHON_WORKFLOW_NOT_FOUND'],
  ] as const)('%s %s is answered 404 (%s)', async (method, url, code) => {
    expect(await world.request(method, url)).toMatchObject({
      status: 404,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: { type: `/docs/errors#${code}`, title: expect.any(String), status: 404, detail: expect.any(String), instance: url, code },
    });
  });

  it.each(['/workflows/%', '/workflows/%ff'])('answers 400 to the path %s, which is not UTF-8', async (url) => {
    expect(await world.request('GET', url)).toMatchObject({ status: 400, body: { code: 'MARATHON_REQUEST_INVALID' } });
  });
});

it('keeps what went wrong inside to itself', async () => {
  await using world = await GatewayWorld.open({
    ports: { definitionRegistry: { readAll: () => Promise.reject(new Error('password=secret')), readContracts: async () => [] } },
  });
  const answer = await world.request('POST', '/workflows', { workflow: 'order' });
  expect(answer).toMatchObject({ status: 500, body: { code: 'MARATHON_INTERNAL' } });
  expect(answer.text).not.toContain('secret');
});
