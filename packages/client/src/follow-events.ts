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
 * @throws MarathonApiError when the gateway refuses, MarathonConnectionError when it cannot be reached for long, UnexpectedAnswerError
 */
export async function* followEvents(
  transport: Transport,
  call: Pick<Call, 'path' | 'query' | 'signal'>,
  after: number,
): AsyncGenerator<HistoryEntry, void> {
  let seq = after;
  let failures = 0;
  const reconnection: Reconnection = { ms: reconnectMsDefault };
  for (;;) {
    let delayMs = 0;
    const silence = new Error(`nothing was heard for ${silenceMsMax} ms`);
    const deadline = new Deadline(silenceMsMax, silence, call.signal);
    try {
      const headers = { accept: 'text/event-stream', 'last-event-id': String(seq) };
      const response = await transport.open({ ...call, method: 'GET', headers, signal: deadline.signal });
      failures = 0;
      // The gateway has nothing more to tell.
      if (response.status === 204) return;
      for await (const entry of entriesOf(response, deadline, reconnection)) {
        if (entry.seq <= seq) continue;
        seq = entry.seq;
        yield entry;
        if (closedStatusOf(entry.type)) return;
      }
    } catch (error) {
      call.signal?.throwIfAborted();
      const retryMs = retryDelayMs(error, ++failures);
      if (retryMs === undefined) throw error;
      delayMs = retryMs;
    } finally {
      deadline.end();
    }
    await pause(delayMs + Math.random() * reconnection.ms, call.signal);
  }
}

/** How soon the gateway wants its clients back. */
interface Reconnection {
  ms: number;
}

async function* entriesOf(response: Response, deadline: Deadline, reconnection: Reconnection): AsyncGenerator<HistoryEntry, void> {
  const type = response.headers.get('content-type');
  if (!response.body || !type?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw new UnexpectedAnswerError(`${response.url} answered with ${type ?? 'nothing'} instead of events`);
  }
  const entries: HistoryEntry[] = [];
  const parser = createParser({
    onEvent: ({ data }) => entries.push(readEntry(data)),
    onRetry: (ms) => {
      reconnection.ms = ms;
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (done) return;
      deadline.renew();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* entries.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function brokenOff(cause: unknown): never {
  throw new MarathonConnectionError('the events broke off', { cause });
}

function readEntry(data: string): HistoryEntry {
  try {
    return JSON.parse(data) as HistoryEntry;
  } catch (cause) {
    throw new UnexpectedAnswerError(`an event is no JSON: ${data.slice(0, 200)}`, { cause });
  }
}
