import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../api/answers.js';
import { freshId, type Sending } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

/** What a request is answered, as problem details. */
async function refusal(method: string, path: string, sending?: Sending): Promise<Problem> {
  const { status, headers, body } = await system.api.call<Problem>(method, path, sending);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
  return body;
}

const fieldsOf = ({ errors = [] }: Problem): readonly string[] => errors.map(({ field }) => field);

const unknownRun = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a start that makes no sense is refused, and told which field is wrong', () => {
  it.each<[string, unknown, string]>([
    ['no workflow', {}, 'workflow'],
    ['a workflow that is no text', { workflow: 7 }, 'workflow'],
    ['a workflow that nobody has registered', { workflow: 'e2e.unheard-of' }, 'workflow'],
    ['a workflow id without characters', { workflow: 'e2e.echo', workflowId: '' }, 'workflowId'],
    ['a workflow id that is too long', { workflow: 'e2e.echo', workflowId: 'x'.repeat(201) }, 'workflowId'],
    ['a workflow id with control characters', { workflow: 'e2e.echo', workflowId: 'a\u0000b' }, 'workflowId'],
    ['a workflow id with half a character', { workflow: 'e2e.echo', workflowId: '\ud83e' }, 'workflowId'],
    ['a workflow id that no path can carry', { workflow: 'e2e.echo', workflowId: '..' }, 'workflowId'],
    ['a task queue with blanks', { workflow: 'e2e.echo', taskQueue: 'a b' }, 'taskQueue'],
    ['a task queue without this workflow', { workflow: 'e2e.echo', taskQueue: 'elsewhere' }, 'taskQueue'],
    ['a duration without unit', { workflow: 'e2e.echo', runTimeout: '5' }, 'runTimeout'],
    ['a duration of another unit', { workflow: 'e2e.echo', startDelay: '5w' }, 'startDelay'],
    ['a duration beyond all bounds', { workflow: 'e2e.echo', startDelay: '99999d' }, 'startDelay'],
    ['a memo that is no object', { workflow: 'e2e.echo', memo: [1] }, 'memo'],
    ['a search attribute that is no value', { workflow: 'e2e.echo', searchAttributes: { a: {} } }, 'searchAttributes.a'],
    ['an idConflict that there is not', { workflow: 'e2e.echo', idConflict: 'replace' }, 'idConflict'],
    ['a field that there is not', { workflow: 'e2e.echo', inputs: 1 }, 'inputs'],
    ['a body that is no object', [1], 'body'],
    ['a body of null', null, 'body'],
  ])('%s', async (_, json, field) => {
    const problem = await refusal('POST', '/workflows', { json });
    expect(problem).toMatchObject({ status: 400, code: 'MARATHON_REQUEST_INVALID' });
    expect(fieldsOf(problem)).toEqual([field]);
    expect(problem.detail).toContain(field);
  });

  it('several fields at once', async () => {
    const problem = await refusal('POST', '/workflows', { json: { workflow: '', startDelay: 'soon' } });
    expect(fieldsOf(problem)).toEqual(['workflow', 'startDelay']);
  });
});

describe('what is wrong with a query or a header is named as well', () => {
  it.each([
    ['POST', '/workflows?wait=soon', 'wait'],
    ['POST', '/workflows?wait=121s', 'wait'],
    ['POST', '/workflows?wiat=1s', 'wiat'],
    ['GET', '/workflows?limit=0', 'limit'],
    ['GET', '/workflows?limit=1e3', 'limit'],
    ['GET', '/workflows?status=Done', 'status'],
    ['GET', '/workflows?cursor=abc', 'cursor'],
    ['GET', '/workflows?page=2', 'page'],
    ['GET', '/workflows/x?runId=7', 'runId'],
    ['GET', '/workflows/x/history?after=-1', 'after'],
    ['GET', '/workflows/x/history?limit=1001', 'limit'],
    ['GET', '/workflows/x/result?wait=', 'wait'],
    ['GET', '/workflows/x/events?after=x', 'after'],
    ['GET', '/workflows/a%00b', 'workflowId'],
    ['POST', '/workflows/x/signals/a%0Ab', 'name'],
    ['POST', '/workflows/x/cancel?force=1', 'force'],
  ])('%s %s', async (method, path, field) => {
    const problem = await refusal(method, path, method === 'POST' ? { json: {} } : {});
    expect(problem).toMatchObject({ status: 400, code: 'MARATHON_REQUEST_INVALID' });
    expect(fieldsOf(problem)).toContain(field);
  });

  it('Idempotency-Key', async () => {
    const problem = await refusal('POST', '/workflows', { json: { workflow: 'e2e.echo' }, headers: { 'idempotency-key': 'a b' } });
    expect(problem.status).toBe(400);
    expect(fieldsOf(problem)).toEqual(['Idempotency-Key']);
  });

  it('Last-Event-ID', async () => {
    const problem = await refusal('GET', '/workflows/x/events', { headers: { 'last-event-id': 'latest' } });
    expect(problem.status).toBe(400);
    expect(fieldsOf(problem)).toEqual(['Last-Event-ID']);
  });

  it('the reason of a cancellation', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const problem = await refusal('POST', `/workflows/${workflowId}/cancel`, { json: { reason: 7 } });
    expect(fieldsOf(problem)).toEqual(['reason']);
  });
});

describe('a body that cannot be read', () => {
  it.each([
    ['is cut short', '{"workflow":'],
    ['is no JSON', 'workflow=e2e.echo'],
    ['is two values', '{} {}'],
    ['has a number that JSON has not', '{"workflow":"e2e.echo","input":NaN}'],
  ])('is refused when it %s', async (_, text) => {
    expect(await refusal('POST', '/workflows', { text })).toMatchObject({ status: 400, code: 'MARATHON_JSON_MALFORMED' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])('is refused when it is %s', async (type) => {
    const problem = await refusal('POST', '/workflows', { text: '{"workflow":"e2e.echo"}', headers: { 'content-type': type } });
    expect(problem).toMatchObject({ status: 415, code: 'MARATHON_CONTENT_TYPE_UNSUPPORTED' });
  });

  it('is refused when it is missing', async () => {
    expect((await refusal('POST', '/workflows')).status).toBe(400);
    expect((await refusal('POST', '/workflows', { text: '' })).status).toBe(400);
  });

  it('whose payload has more than 64 MiB is refused, and nothing is written', async () => {
    const workflowId = freshId('huge');
    const json = { workflow: 'e2e.echo', workflowId, input: 'x'.repeat(64 * 1024 * 1024) };
    expect(await refusal('POST', '/workflows', { json })).toMatchObject({ status: 413, code: 'MARATHON_PAYLOAD_TOO_LARGE' });
    expect((await refusal('GET', `/workflows/${workflowId}`)).status).toBe(404);
  });

  it('whose payload has more than 64 MiB is refused as a signal, and the run goes on without it', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    expect((await system.api.signal(workflowId, 'go', 'x'.repeat(64 * 1024 * 1024))).status).toBe(413);
    await system.api.signal(workflowId, 'go', 'small');
    expect((await system.api.outcome(workflowId)).result).toEqual(['small']);
  });

  it('is taken with a charset, and with a parameter nobody needs', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const { status } = await system.api.call('POST', '/workflows', { json: { workflow: 'e2e.nothing' }, headers });
    expect(status).toBe(201);
  });
});

describe('what there is not', () => {
  it.each([
    ['GET', ''],
    ['GET', '/history'],
    ['GET', '/events'],
    ['GET', '/result'],
    ['GET', '/result?wait=1s'],
    ['POST', '/signals/go'],
    ['POST', '/cancel'],
    ['POST', '/terminate'],
    ['POST', '/resume'],
  ])('%s /workflows/{unknown}%s is answered 404', async (method, path) => {
    const problem = await refusal(method, `/workflows/${freshId('unknown')}${path}`);
    expect(problem).toMatchObject({ status: 404, code: 'MARATHON_WORKFLOW_NOT_FOUND' });
  });

  it('a run that is not one of this workflow id is answered 404', async () => {
    const { workflowId } = await system.api.run('e2e.nothing');
    expect((await refusal('GET', `/workflows/${workflowId}?runId=${unknownRun}`)).status).toBe(404);
    expect((await refusal('POST', `/workflows/${workflowId}/cancel?runId=${unknownRun}`)).status).toBe(404);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/workflow'],
    ['DELETE', '/workflows/x'],
    ['PUT', '/workflows'],
    ['POST', '/workflows/x/signals'],
  ])('%s %s is answered 404', async (method, path) => {
    expect(await refusal(method, path)).toMatchObject({ status: 404, code: 'MARATHON_ROUTE_NOT_FOUND' });
  });
});

describe('the service', () => {
  it('says that it lives, and that it is ready', async () => {
    expect((await system.api.call('GET', '/health/live')).body).toEqual({ status: 'live' });
    expect((await system.api.call('GET', '/health/ready')).body).toEqual({ status: 'ready' });
  });

  it('shows its API to people', async () => {
    for (const path of ['/docs', '/docs/errors']) {
      const { status, headers, text } = await system.api.call('GET', path);
      expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
      expect(text).toContain('<!doctype html>');
    }
  });
});
