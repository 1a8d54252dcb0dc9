import { closedStatusOf } from '@marathon/core';
import type { HistoryEntry } from '@marathon/protocol';
import { createParser } from 'eventsource-parser';
import { Deadline } from './deadline.js';
import { MarathonConnectionError, UnexpectedAnswerError } from './errors.js';
import { pause, retryDelayMs } from './retry.js';
import type { Call, Transport } from './transport.js';

/** The gateway breaks a silence of 15 s. */
const silenceMsMax = 45_000;
/** Until the gateway says otherwise. */
const reconnectMsDefault = 1_000;

/**
 * A run's events after `after`, from as many connections as it takes, each once and in order. Ends after the closing event.
 * @throws MarathonApiError when the gateway refuses, MarathonConnectionError when connections fail again and again without a sign of
 * life, UnexpectedAnswerError
 */
export async function* followEvents(
  transport: Transport,
  call: Pick<Call, 'path' | 'query' | 'signal'>,
  after: number,
): AsyncGenerator<HistoryEntry, void> {
  let seq = after;
  const course: Course = { failures: 0, reconnectMs: reconnectMsDefault };
  for (;;) {
    const deadline = new Deadline(silenceMsMax, new Error(`nothing was heard for ${silenceMsMax} ms`), call.signal);
    try {
      const headers = { accept: 'text/event-stream', 'last-event-id': String(seq) };
      const response = await transport.open({ ...call, method: 'GET', headers, signal: deadline.signal });
      // The gateway has nothing more to tell.
      if (response.status === 204) return;
      for await (const entry of entriesOf(response, deadline, course)) {
        if (entry.seq <= seq) continue;
        seq = entry.seq;
        yield entry;
        if (closedStatusOf(entry.type)) return;
      }
    } catch (error) {
      call.signal?.throwIfAborted();
      const delayMs = retryDelayMs(error, ++course.failures);
      if (delayMs === undefined) throw error;
      await pause(delayMs + Math.random() * course.reconnectMs, call.signal);
    } finally {
      deadline.end();
    }
  }
}

/** What is known from one connection to the next. */
interface Course {
  /** Since the last sign of life. */
  failures: number;
  /** How soon the gateway wants its clients back. */
  reconnectMs: number;
}

/** Ends by throwing: a stream has no end of its own. */
async function* entriesOf(response: Response, deadline: Deadline, course: Course): AsyncGenerator<HistoryEntry, never> {
  const type = response.headers.get('content-type');
  if (!response.body || !type?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new UnexpectedAnswerError(`${response.url} answered with ${type ?? 'nothing'} instead of events`);
  }
  const entries: HistoryEntry[] = [];
  const alive = () => {
    course.failures = 0;
  };
  const parser = createParser({
    onEvent: ({ data }) => entries.push(readEntry(data)),
    onComment: alive,
    onRetry: (ms) => {
      course.reconnectMs = ms;
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (done) return brokenOff();
      deadline.renew();
      parser.feed(decoder.decode(value, { stream: true }));
      if (entries.length > 0) alive();
      yield* entries.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function brokenOff(cause?: unknown): never {
  throw new MarathonConnectionError('the events broke off', { cause });
}

function readEntry(data: string): HistoryEntry {
  try {
    return JSON.parse(data) as HistoryEntry;
  } catch (cause) {
    throw new UnexpectedAnswerError(`an event is no JSON: ${data.slice(0, 200)}`, { cause });
  }
}
