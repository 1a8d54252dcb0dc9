import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Message } from '@marathon/core';
import { ProtocolError } from '../protocol.error.js';
import { activityTopic, repliesTopic, workflowTopic } from '../topics.js';
import { catalogue } from './catalogue.js';
import { decodeMessage, encodeMessage } from './message-codec.js';

interface Fixture {
  readonly name: string;
  readonly message: Message;
  readonly wire: { readonly topic: string; readonly partition?: number; readonly key: string; readonly value: object };
}

const folder = new URL('./', import.meta.url);
const readFixtures = (type: string, version: string): Fixture[] =>
  JSON.parse(readFileSync(new URL(`${type}/${version}/fixture.json`, folder), 'utf8'));
const captured = Object.keys(catalogue).flatMap((type) =>
  readdirSync(new URL(type, folder)).flatMap((version) => readFixtures(type, version).map((fixture) => ({ type, version, ...fixture }))),
);
const fixture = (type: string): Fixture => captured.find((one) => one.type === type) as Fixture;

const read = (value: unknown, topic = workflowTopic('orders')) =>
  decodeMessage({ topic, partition: 3, value: typeof value === 'string' ? value : JSON.stringify(value) });
const refusal = (value: unknown, topic?: string): ProtocolError => {
  try {
    read(value, topic);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
  }
  throw new Error('was not refused');
};

describe('every captured message', () => {
  it.each(captured)('$type $version, $name: is read as it was meant', ({ message, wire }) => {
    expect(decodeMessage({ partition: 0, ...wire, value: JSON.stringify(wire.value) })).toEqual(message);
  });

  it.each(captured)('$type $version, $name: is written as it was captured', ({ message, wire }) => {
    const { value, ...address } = encodeMessage(message);
    expect({ ...address, value: JSON.parse(value) }).toEqual(wire);
  });
});

describe('payloads', () => {
  const task = fixture('activity-task');
  const inputThrough = (input: string): unknown => {
    const written = encodeMessage({ ...task.message, input } as Message);
    expect(written.value).toContain(`"input":${input}`); // spliced, not encoded again
    return (read(written.value, activityTopic('payments')) as { input?: string }).input;
  };

  it.each([
    ['null, which is not "no value"', 'null'],
    ['U+0000 and lone surrogates', JSON.stringify('\u0000 \ud800')],
    ['a __proto__ key', '{"__proto__":{"admin":true},"a":1}'],
    ['nested JSON text', JSON.stringify(JSON.stringify({ a: [1] }))],
  ])('carries %s', (_, text) => expect(inputThrough(text)).toBe(text));
});

describe('what cannot be read', () => {
  const { value } = fixture('activity-finished').wire;

  it('names an unknown type', () => {
    expect(refusal({ type: 'run-teleported', v: 1 })).toMatchObject({
      code: 'MARATHON_MESSAGE_TYPE_UNKNOWN',
      messageType: 'run-teleported',
      version: 1,
    });
    expect(refusal({ type: 'constructor', v: 1 })).toMatchObject({ code: 'MARATHON_MESSAGE_TYPE_UNKNOWN' });
  });

  it('names a version that a newer build wrote', () => {
    expect(refusal({ ...value, v: 2 })).toMatchObject({
      code: 'MARATHON_MESSAGE_VERSION_UNKNOWN',
      messageType: 'activity-finished',
      version: 2,
      message: 'activity-finished v2 is not known to this build (v1)',
    });
  });

  it('says where a message is malformed', () => {
    expect(refusal({ ...value, attempt: 0, runId: 'x' })).toMatchObject({
      code: 'MARATHON_MESSAGE_MALFORMED',
      messageType: 'activity-finished',
      version: 1,
      issues: [expect.objectContaining({ path: 'runId' }), expect.objectContaining({ path: 'attempt' })],
    });
  });

  it.each(['{', '[]', 'null', '"text"', '{}', '{"type":"activity-finished"}'])('refuses %s', (text) => {
    expect(refusal(text)).toMatchObject({ code: 'MARATHON_MESSAGE_MALFORMED' });
  });

  it('refuses a shard message outside the workflow topics', () => {
    expect(refusal(value, repliesTopic)).toMatchObject({ code: 'MARATHON_MESSAGE_MALFORMED', messageType: 'activity-finished' });
  });

  it('refuses a payload that is nested too deep to be recorded', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const text = JSON.stringify({ ...value, result: 0 }).replace('"result":0', `"result":${deep}`);
    expect(refusal(text)).toMatchObject({ code: 'MARATHON_MESSAGE_MALFORMED' });
  });
});

it('carries in a header that the owner of another shard sent it on', () => {
  const { message } = fixture('activity-finished');
  const forwarded = { ...message, forwarded: true } as Message;
  const { headers = {}, value } = encodeMessage(forwarded);
  const { headers: none, value: plain } = encodeMessage(message);
  expect([value, none]).toEqual([plain, undefined]);
  expect(decodeMessage({ topic: workflowTopic('orders'), partition: 3, value, headers })).toEqual(forwarded);
});

it('ignores fields it does not know', () => {
  const { message, wire } = fixture('activity-finished');
  expect(read({ ...wire.value, shoeSize: 43 })).toEqual(message);
});

it('addresses a shard message by where it arrived', () => {
  expect(
    decodeMessage({ topic: workflowTopic('other'), partition: 9, value: JSON.stringify(fixture('activity-finished').wire.value) }),
  ).toMatchObject({
    to: { taskQueue: 'other', partition: 9 },
  });
});
