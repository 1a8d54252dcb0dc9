import { Execution } from '../execution/execution.js';
import { replay } from '../execution/replay.js';
import type { TurnLoop } from '../execution/turn-loop.js';
import type { Suspension, TypedEvent } from '../history/event.js';
import type { RunId, ShardId } from '../ids.js';
import { Periodic } from '../periodic.js';
import type { Clock } from '../ports/clock.port.js';
import type { Log } from '../ports/log.port.js';
import type { PayloadStore } from '../ports/payload-store.port.js';
import type { RunStore, StoredRun } from '../ports/run-store.port.js';
import type { Run } from '../run/run.js';
import { isClosed } from '../run/status.js';
import type { Definitions } from './definitions.js';

// Code that does not depend on its history alone is found out when its run is replayed: after a crash, when it is too late. So a
// sample of live runs is replayed while all is well.
//   A1  One run an interval at most, of those that advanced or closed in it: an idle process does nothing.
//   A2  A shadow of the run is fed, never the run itself; steps in place are not performed.
//   A3  Histories above the bounds are passed over: a replay holds the process for as long as all its turns take.

const intervalMs = 1_000;
const auditedEventsMax = 2_000;
const auditedCharsMax = 4 * 1024 * 1024;

export interface ReplayAuditServices {
  readonly store: Pick<RunStore, 'loadRuns'>;
  readonly definitions: Definitions;
  readonly turns: TurnLoop;
  readonly payloads?: PayloadStore | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Replays a sample of live runs in the background, and tells of those that do not do the same again. */
export class ReplayAudit extends Periodic {
  private candidate: { readonly runId: RunId; readonly shard: ShardId } | undefined;

  constructor(
    private readonly services: ReplayAuditServices,
    /** An open run is to be suspended for it. */
    private readonly onDivergence: (runId: RunId, shard: ShardId, suspension: Suspension) => void,
  ) {
    const failure = 'a run could not be replayed for a check';
    const restMs = () => (this.candidate ? intervalMs : undefined);
    super({ failure, restMs, perform: () => this.auditCandidate() }, services.clock, services.log);
  }

  /** The run has advanced or closed just now: the last one that is offered in an interval is replayed. */
  offer({ runId, shard, state }: Pick<Run, 'runId' | 'shard' | 'state'>): void {
    if (
      this.isStopped ||
      state.suspension ||
      state.lastSeq > auditedEventsMax ||
      state.payloadChars + state.outOfLineBytes > auditedCharsMax
    )
      return;
    const isFirst = this.candidate === undefined;
    this.candidate = { runId, shard: shard.id };
    if (isFirst) this.rest();
  }

  private async auditCandidate(): Promise<void> {
    const { candidate } = this;
    this.candidate = undefined;
    if (!candidate) return;
    const { runId } = candidate;
    try {
      const [stored] = await this.services.store.loadRuns([runId]);
      if (stored) await this.audit(stored);
    } catch (error) {
      throw new Error(`at run ${runId}`, { cause: error });
    }
  }

  private async audit({ runId, shard, status, history }: StoredRun): Promise<void> {
    const { definitions, turns, log, payloads } = this.services;
    const [started] = history as readonly [TypedEvent<'WorkflowStarted'>];
    const definition = definitions.get(started.data.workflow);
    if (!definition || status === 'Suspended' || history.length > auditedEventsMax) return;
    const shadow = new Execution(runId, definition, started, () => {});
    const { divergence } = await replay(shadow, history, turns, payloads);
    shadow.abandon();
    if (!divergence) return;
    const { workflow, workflowId } = started.data;
    const details = { runId, workflowId, workflow, status, build: definitions.build, ...divergence };
    log.error('a replay for a check did something else than the run: its code does not depend on its history alone', details);
    if (!isClosed(status)) this.onDivergence(runId, shard, divergence);
  }
}
