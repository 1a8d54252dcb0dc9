import { describe, expect, it } from '@jest/globals';
import type { Outcome, Problem } from '../api/answers.js';
import { freshId } from '../api/api-client.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const mebi = 1024 * 1024;

/** Starts a workflow with an input that is sent as it stands, and gives its outcome and the answer's text. */
async function runWithText(workflow: string, input: string): Promise<{ readonly outcome: Outcome; readonly text: string }> {
  const body = `{"workflow":"${workflow}","workflowId":"${freshId(workflow)}","input":${input}}`;
  const { status, text, body: outcome } = await system.api.call<Outcome>('POST', '/workflows?wait=60s', { text: body });
  expect([status, text]).toEqual([200, text]);
  return { outcome, text };
}

/** Where the history has a large payload. */
const addressIn = (entry: { readonly data: Readonly<Record<string, unknown>> } | undefined, name: string): string =>
  (entry as { readonly data: Readonly<Record<string, { readonly url: string }>> }).data[name]?.url ?? '';

describe('values come back as they were sent', () => {
  const values = [
    ['the character zero', '"a\\u0000b"'],
    ['half of a surrogate pair', '["\\ud83e","\\udd8a","x\\udd8a\\ud83ey"]'],
    ['characters of all kinds', '"ü 🦊 \\u2028 \\u0007 \\"quoted\\" \\\\ \\/"'],
    ['the order of keys, numbers among them', '{"b":1,"a":{"z":1,"y":2},"":0,"c":null}'],
    ['a key called __proto__', '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}'],
    ['numbers at the bounds', '[0.1,1e21,-1e-7,9007199254740991,1.7976931348623157e308,5e-324]'],
    ['nothing much', '[null,false,0,"",[],{}]'],
  ] as const;

  it.each(values)('through a workflow: %s', async (_, json) => {
    const { outcome, text } = await runWithText('e2e.echo', json);
    expect(JSON.stringify(outcome.result)).toBe(JSON.stringify(JSON.parse(json)));
    expect(text).toContain(JSON.stringify(JSON.parse(json)));
  });

  it.each(values)('through an activity, and into the history: %s', async (_, json) => {
    const { outcome } = await runWithText('e2e.uncaught', `{"activity":"e2e.echo","input":${json}}`);
    const value = JSON.stringify(JSON.parse(json));
    expect(JSON.stringify(outcome.result)).toBe(value);
    const history = await system.api.history(outcome.workflowId);
    expect(JSON.stringify(history[1]?.data.input)).toBe(value);
    expect(JSON.stringify(history[2]?.data.result)).toBe(value);
  });

  it.each(values)('through a signal, and out of the event stream: %s', async (_, json) => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    await system.api.call('POST', `/workflows/${workflowId}/signals/go`, { text: json });
    const received = await system.api.event(workflowId, 'SignalReceived');
    expect(JSON.stringify(received.data.payload)).toBe(JSON.stringify(JSON.parse(json)));
    const { result } = await system.api.outcome(workflowId);
    expect(JSON.stringify(result)).toBe(`[${JSON.stringify(JSON.parse(json))}]`);
  });

  it('through memo, failures and names', async () => {
    const memo = JSON.parse('{"__proto__":{"isAdmin":true},"zero":"\\u0000","half":"\\ud83e"}');
    const { workflowId } = await system.api.started('e2e.failing', { message: 'zero \u0000, half \ud83e' }, { memo });
    expect((await system.api.outcome(workflowId)).failure?.message).toBe('zero \u0000, half \ud83e');
    expect(JSON.stringify((await system.api.describe(workflowId)).memo)).toBe(JSON.stringify(memo));
  });

  it('and leave no trace in the process', async () => {
    await runWithText('e2e.echo', '{"__proto__":{"isAdmin":true}}');
    expect((await system.api.run('e2e.echo', {})).result).not.toHaveProperty('isAdmin');
  });

  it('an absent value is not null', async () => {
    const absent = await system.api.run('e2e.echo');
    const nothing = await system.api.run('e2e.echo', null);
    expect(absent).not.toHaveProperty('result');
    expect(nothing.result).toBeNull();
    expect((await system.api.history(absent.workflowId))[0]?.data).not.toHaveProperty('input');
    expect((await system.api.history(nothing.workflowId))[0]?.data.input).toBeNull();
  });
});

describe('deep values', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  it('come back when they have 1,000 levels', async () => {
    const { outcome } = await runWithText('e2e.uncaught', `{"activity":"e2e.echo","input":${nested(1_000)}}`);
    expect(JSON.stringify(outcome.result)).toBe(nested(1_000));
  });

  it.each(['input', 'memo'])('are refused as %s when they have 200,000, and the service goes on', async (field) => {
    const value = field === 'memo' ? `{"a":${nested(200_000)}}` : nested(200_000);
    const text = `{"workflow":"e2e.echo","${field}":${value}}`;
    const { status, body } = await system.api.call<Problem>('POST', '/workflows', { text });
    expect([status, body.code]).toEqual([400, expect.stringMatching(/^MARATHON_(PAYLOAD_NOT_SERIALIZABLE|JSON_MALFORMED)$/)]);
    expect((await system.api.run('e2e.echo', 'alive')).result).toBe('alive');
  });

  it('are refused as a signal, and the run does not notice', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const { status } = await system.api.call('POST', `/workflows/${workflowId}/signals/go`, { text: nested(200_000) });
    expect(status).toBe(400);
    await system.api.signal(workflowId, 'go', 'flat');
    expect((await system.api.outcome(workflowId)).result).toEqual(['flat']);
  });
});

describe('large values', () => {
  it('an input and a result of some megabytes', async () => {
    const input = 'x'.repeat(2 * mebi - 1_000);
    expect((await system.api.run('e2e.echo', input)).result).toBe(input);
  });

  it('a signal of some megabytes, to a run that waits for it', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 1 });
    const payload = 'ü'.repeat(mebi - 10);
    expect((await system.api.signal(workflowId, 'go', payload)).status).toBe(202);
    expect((await system.api.outcome(workflowId)).result).toEqual([payload]);
  });

  it('a history page stays of bearable size, and the pages are the whole', async () => {
    const { workflowId } = await system.api.started('e2e.collect', { name: 'go', count: 6 });
    for (let i = 0; i < 6; i++) await system.api.signal(workflowId, 'go', `${i}${'x'.repeat(1.5 * mebi)}`);
    expect((await system.api.outcome(workflowId)).result).toHaveLength(6);
    const first = (await system.api.historyPage(workflowId, { limit: 1_000 })).body;
    expect(first.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(first.events[1]?.data).not.toHaveProperty('payload');
    const { text } = await system.api.call('GET', addressIn(first.events[1], 'payloadAddress'));
    expect(text).toBe(JSON.stringify(`0${'x'.repeat(1.5 * mebi)}`));
  });

  it('an address is worth nothing when it was changed', async () => {
    const { workflowId } = await system.api.run('e2e.echo', 'x'.repeat(mebi));
    const [started] = await system.api.history(workflowId);
    const [path = '', query = ''] = addressIn(started, 'inputAddress').split('?');
    const later = query.replace(/until=\d+/, `until=${Date.now() + 1e9}`);
    for (const changed of [`${path}?${later}`, `${path.replace(/-\d+$/, '-7')}?${query}`, path])
      expect((await system.api.call<Problem>('GET', changed)).body).toMatchObject({ status: 403, code: 'MARATHON_ADDRESS_FORGED' });
  });

  it('an activity takes and gives hundreds of kilobytes', async () => {
    const input = 'x'.repeat(800 * 1024);
    expect((await system.api.run('e2e.uncaught', { activity: 'e2e.echo', input })).result).toBe(input);
  });

  it('a workflow result above 64 MiB fails its run', async () => {
    const outcome = await system.api.run('e2e.unrecordable', { what: 'huge' });
    expect(outcome).toMatchObject({ status: 'Failed', failure: { type: 'PayloadTooLargeError', nonRetryable: true } });
  });

  it('an activity takes and gives megabytes, and holds nobody up', async () => {
    const input = { ü: 'é\u0000"🦊'.repeat(mebi / 2), '2': [1e21, -1e-7, 0.1], '1': null };
    const [large, ...others] = await Promise.all([
      system.api.run('e2e.uncaught', { activity: 'e2e.echo', input }),
      ...Array.from({ length: 10 }, (_, i) => system.api.run('e2e.sequence', { start: i, count: 3 })),
    ]);
    expect(JSON.stringify(large.result) === JSON.stringify(input)).toBe(true);
    expect(others.map(({ result }) => result)).toEqual(Array.from({ length: 10 }, (_, i) => i * 8));
  });
});

describe('values with no JSON form', () => {
  it.each(['bigint', 'cycle', 'function'])('as the result of an activity (%s) fail it for good', async (what) => {
    const { result } = await system.api.run('e2e.activity', { activity: 'e2e.unrecordable', input: { what } });
    expect(result).toMatchObject({ attempt: 1, failure: { type: 'ResultNotSerializable', nonRetryable: true } });
  });

  it.each(['bigint', 'cycle', 'function'])('as the result of a workflow (%s) fail its run', async (what) => {
    const outcome = await system.api.run('e2e.unrecordable', { what });
    expect(outcome).toMatchObject({ status: 'Failed', failure: { type: 'PayloadError' } });
  });
});
