import type { RunRequest } from '../../messages/message.js';
import { outOfLineBytes } from '../../payload-reference.js';
import type { StoredRun } from '../../ports/run-store.port.js';
import { referencesOfInput } from '../../run/input-references.js';
import { referencesOf } from '../../run/out-of-line.js';
import type { RunWork } from './run-work.js';

/** What the runs of a batch may bring into memory of large payloads, beside the first of them. */
const batchBytesMax = 64 * 1024 * 1024;

/**
 * Puts off, to the next batch, runs whose large payloads do not fit into memory beside those of the others. The first run of a batch gets
 * what it needs, whatever that is; those that are put off come first in the next one.
 */
export class LargeBudget {
  private bytes = 0;

  constructor(
    private readonly first: RunWork | undefined,
    /** Gets those that it puts off. */
    private readonly putOff: Set<RunWork>,
  ) {}

  /** A replay reads all that its code has seen. */
  admitsReplay(work: RunWork, { history }: StoredRun): boolean {
    return this.admits(
      work,
      history.reduce((sum, event) => sum + sizeOf(referencesOf(event)), 0),
    );
  }

  admitsInputs(work: RunWork): boolean {
    let bytes = 0;
    for (const input of work.inputs) bytes += sizeOf(referencesOfInput(input));
    for (const request of work.requests) bytes += sizeOfRequest(request);
    return this.admits(work, bytes);
  }

  private admits(work: RunWork, bytes: number): boolean {
    if (bytes === 0) return true;
    const isAdmitted = work === this.first || this.bytes + bytes <= batchBytesMax;
    if (isAdmitted) this.bytes += bytes;
    else this.putOff.add(work);
    return isAdmitted;
  }
}

/** Leaves those requests to another batch that do not fit into memory beside those before them. */
export function leaveLargeRequests(work: RunWork): void {
  const { requests } = work;
  let bytes = 0;
  const end = requests.findIndex((request, i) => {
    bytes += sizeOfRequest(request);
    return i > 0 && bytes > batchBytesMax;
  });
  if (end === -1) return;
  requests.length = end;
  work.leavesRequests = true;
}

const sizeOfRequest = (request: RunRequest): number => sizeOf(referencesOfInput({ kind: 'request', request }));

const sizeOf = (references: ReturnType<typeof referencesOf>): number =>
  references.reduce((sum, reference) => sum + outOfLineBytes(reference), 0);
