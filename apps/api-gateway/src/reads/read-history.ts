import type { HistoryEvent, RunId, RunRow } from '@marathon/core';
import { writeHistoryFile } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { writeHistoryEntry } from './history-entry.js';
import { summaryOf } from './summary.js';

/** Events are read this many at a time, and no more are given once the page has this many characters. */
const readCount = 100;
const pageCharsMax = 4 * 1024 * 1024;

@Injectable()
export class ReadHistory {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>,
    private readonly payloads: LargePayloads,
  ) {}

  /** The text of a `HistoryPage`: at most `limit` events, fewer when they are large. */
  async page(runId: RunId, lastSeq: number, after: number, limit: number): Promise<string> {
    const entries: string[] = [];
    const addressOf = await this.payloads.addressing();
    let seq = after;
    for (let chars = 0; entries.length < limit && chars < pageCharsMax; ) {
      const events = await this.ports.runReader.readHistory(runId, seq, Math.min(readCount, limit - entries.length));
      for (const event of events) {
        if (chars >= pageCharsMax) break;
        const entry = writeHistoryEntry(event, addressOf);
        entries.push(entry);
        chars += entry.length;
        seq = event.seq;
      }
      if (events.length === 0) break;
    }
    return `{"events":[${entries.join()}]${seq < lastSeq && entries.length > 0 ? `,"next":${seq}` : ''}}`;
  }

  /** The text of a `HistoryFile` in pieces, whatever its size: the history up to where the run stood when it was found. */
  async file(run: RunRow): Promise<AsyncIterable<string>> {
    const attributes = await this.ports.runReader.readSearchAttributes([run.runId]);
    return writeHistoryFile(summaryOf(run, attributes.get(run.runId)), this.events(run));
  }

  private async *events({ runId, lastSeq }: RunRow): AsyncGenerator<HistoryEvent, void> {
    for (let seq = 0; seq < lastSeq; ) {
      const events = await this.ports.runReader.readHistory(runId, seq, Math.min(readCount, lastSeq - seq));
      // A run that was deleted meanwhile: its reader is told by a file that breaks off.
      if (events.length === 0) throw new Error(`the history of run ${runId} ends at ${seq}, and not at ${lastSeq}`);
      for (const event of events) yield await this.payloads.whole(event);
      seq += events.length;
    }
  }
}
