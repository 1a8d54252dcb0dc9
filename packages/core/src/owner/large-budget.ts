import { outOfLineBytes } from '../payload-reference.js';
import type { StoredRun } from '../ports/run-store.port.js';
import { referencesOfInput } from '../run/input-references.js';
import { referencesOf } from '../run/out-of-line.js';
import type { RunWork } from './run-work.js';

/** What the runs of a batch may bring into memory of large payloads, or one of them alone. */
const batchBytesMax = 64 * 1024 * 1024;

/** Puts off, to a later batch, runs whose large payloads do not fit into memory beside those of the others. */
export class LargeBudget {
  private bytes = 0;

  /** A replay reads all that its code has seen. */
  admitsReplay({ history }: StoredRun): boolean {
    return this.admits(history.reduce((sum, event) => sum + sizeOf(referencesOf(event)), 0));
  }

  admitsInputs({ inputs, requests }: RunWork): boolean {
    let bytes = 0;
    for (const input of inputs) bytes += sizeOf(referencesOfInput(input));
    for (const request of requests) bytes += sizeOf(referencesOfInput({ kind: 'request', request }));
    return this.admits(bytes);
  }

  private admits(bytes: number): boolean {
    if (bytes === 0) return true;
    if (this.bytes > 0 && this.bytes + bytes > batchBytesMax) return false;
    this.bytes += bytes;
    return true;
  }
}

const sizeOf = (references: ReturnType<typeof referencesOf>): number =>
  references.reduce((sum, reference) => sum + outOfLineBytes(reference), 0);
