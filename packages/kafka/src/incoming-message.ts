import type { IncomingMessage } from '@marathon/core';
import type { KafkaMessage } from 'kafkajs';

const noHeaders: Readonly<Record<string, string>> = {};

export function incomingMessage(topic: string, partition: number, message: KafkaMessage, redelivered: boolean): IncomingMessage {
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? '',
    value: message.value?.toString() ?? '',
    headers: textHeaders(message.headers),
    timestampMs: Number(message.timestamp),
    redelivered,
  };
}

/** Of a header that comes several times, the last. */
function textHeaders(headers: KafkaMessage['headers']): Readonly<Record<string, string>> {
  if (!headers) return noHeaders;
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    texts[name] = (Array.isArray(value) ? value.at(-1) : value)?.toString() ?? '';
  }
  return texts;
}
