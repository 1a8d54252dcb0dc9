import { type IncomingMessage, MarathonError, type Message, type OutgoingMessage, type TaskMessage } from '@marathon/core';
import type { z } from 'zod';
import { ProtocolError, type ProtocolIssue } from '../protocol.error.js';
import { catalogue } from './catalogue.js';
import { type Codec, type Origin, OriginError } from './codec.js';
import { withMember } from './parts/json-text.js';

// The wire is one JSON object: `{"type": …, "v": …, …}`.
//   W1  Payloads stand in it as plain JSON values; an absent payload is an absent field.
//   W2  A field that the schema does not name is ignored: a newer sender may add fields without a new version.
//   W3  A version is never changed in a way that an older reader would misread: that takes the next one.
//   W4  What is inside payloads is nobody's business here: it is neither checked nor changed.
//   W5  That a message was forwarded by the owner of another shard stands in a header: the text is the sender's.

const forwardedHeader = 'marathon-forwarded';

const byType = new Map<string, ReadonlyMap<number, Codec>>(
  Object.entries(catalogue).map(([type, codecs]) => [type, new Map((codecs as readonly Codec[]).map((codec) => [codec.version, codec]))]),
);
const newest = new Map<string, Codec>([...byType].map(([type, codecs]) => [type, [...codecs.values()].at(-1) as Codec]));

/** Where the message goes, and its text there. */
export function encodeMessage(message: Message): OutgoingMessage {
  if (!('forwarded' in message)) return (newest.get(message.kind) as Codec).encode(message);
  const { forwarded, ...plain } = message;
  const outgoing = encodeMessage(plain);
  return forwarded ? { ...outgoing, headers: { [forwardedHeader]: 'true' } } : outgoing;
}

/** As `encodeMessage`, with what a worker is told besides. It goes into the text: to copy each task for it takes as long as to write it. */
export function encodeTask(task: TaskMessage, { tokenKey, gatewayUrl }: Pick<TaskMessage, 'tokenKey' | 'gatewayUrl'>): OutgoingMessage {
  const { topic, key, value } = encodeMessage(task);
  return {
    topic,
    key,
    value: withMember(withMember(value, 'tokenKey', JSON.stringify(tokenKey)), 'gatewayUrl', JSON.stringify(gatewayUrl)),
  };
}

/**
 * Whom a shard message is to follows from where it arrived, not from what it says.
 * @throws ProtocolError when this build does not know the type or the version, or when the message is malformed.
 */
export function decodeMessage(
  incoming: Pick<IncomingMessage, 'topic' | 'partition' | 'value'> & Partial<Pick<IncomingMessage, 'headers'>>,
): Message {
  const value = parse(incoming.value);
  const codec = codecFor(value);
  const parsed = codec.schema.safeParse(value);
  if (!parsed.success)
    throw malformed(`a "${codec.type}" message does not fit its schema`, codec, parsed.error.issues.map(toIssue), parsed.error);
  const message = decode(codec, parsed.data, incoming);
  return incoming.headers?.[forwardedHeader] === undefined ? message : ({ ...message, forwarded: true } as Message);
}

/**
 * As `decodeMessage`, from a topic in which there should be messages of these kinds alone.
 * @throws ProtocolError for another kind, too.
 */
export function expectMessage<Kind extends Message['kind']>(
  incoming: IncomingMessage,
  kinds: readonly Kind[],
): Extract<Message, { readonly kind: Kind }> {
  const message = decodeMessage(incoming);
  if ((kinds as readonly string[]).includes(message.kind)) return message as Extract<Message, { readonly kind: Kind }>;
  const complaint = `a "${message.kind}" message does not belong into ${incoming.topic}`;
  throw new ProtocolError('MARATHON_MESSAGE_MISPLACED', complaint, message.kind, undefined);
}

function decode(codec: Codec, wire: unknown, origin: Origin): Message {
  try {
    return codec.decode(wire, origin);
  } catch (error) {
    if (error instanceof OriginError || error instanceof MarathonError) throw malformed(error.message, codec, [], error);
    throw error;
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('the message is not JSON', undefined, [], cause);
  }
  if (typeof value !== 'object' || value === null) throw malformed('the message is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

function codecFor({ type, v }: Readonly<Record<string, unknown>>): Codec {
  if (typeof type !== 'string') throw malformed('the message has no "type"');
  const codecs = byType.get(type);
  const version = typeof v === 'number' ? v : undefined;
  if (!codecs)
    throw new ProtocolError(
      'MARATHON_MESSAGE_TYPE_UNKNOWN',
      `this build does not know messages of type "${type.slice(0, 100)}"`,
      type,
      version,
    );
  const codec = version === undefined ? undefined : codecs.get(version);
  if (codec) return codec;
  if (version === undefined)
    throw new ProtocolError('MARATHON_MESSAGE_MALFORMED', `a "${type}" message has no version "v"`, type, undefined);
  throw new ProtocolError(
    'MARATHON_MESSAGE_VERSION_UNKNOWN',
    `${type} v${version} is not known to this build (${[...codecs.keys()].map((known) => `v${known}`).join(', ')})`,
    type,
    version,
  );
}

function malformed(message: string, codec?: Codec, issues: readonly ProtocolIssue[] = [], cause?: unknown): ProtocolError {
  return new ProtocolError('MARATHON_MESSAGE_MALFORMED', message, codec?.type, codec?.version, issues, { cause });
}

const toIssue = ({ path, message }: z.core.$ZodIssue): ProtocolIssue => ({ path: path.join('.'), message });
