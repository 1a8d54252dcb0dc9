import { isInputOpen } from '../../execution/definition/input-check.js';
import { Execution } from '../../execution/execution.js';
import { replay } from '../../execution/replay.js';
import type { TurnLoop } from '../../execution/turn-loop.js';
import type { Suspension, TypedEvent } from '../../history/event.js';
import type { OwnedShard, RunId } from '../../ids.js';
import type { Payload } from '../../payload.js';
import type { Log } from '../../ports/log.port.js';
import type { PayloadStore } from '../../ports/payload-store.port.js';
import type { StoredRun } from '../../ports/run-store.port.js';
import { historyEventsMax as historyEventsMaxDefault } from '../../run/history-limit.js';
import { beginLeases } from '../../run/lease.js';
import { Run, type RunSettings } from '../../run/run.js';
import { RunState } from '../../run/run-state.js';
import type { Definitions } from '../definitions.js';

const ownersEndedMax = 2;

/** A run that has yet to get in line: its code has not begun, and must not. */
const isUnbegun = ({ limits }: Execution, { lastSeq, places }: RunState) => lastSeq === 1 && !places && limits !== undefined;

/** Makes resident runs: fresh ones from their first event, known ones from their history by replay. */
export class RunLoader {
  private readonly settings: RunSettings;

  constructor(
    private readonly definitions: Definitions,
    private readonly turns: TurnLoop,
    /** Called when a run's code is found guilty between its turns. */
    private readonly onViolation: (runId: RunId) => void,
    /** Where the words of workflow code go. */
    private readonly log: Log,
    historyEventsMax = historyEventsMaxDefault,
    /** Where the payloads are that histories refer to. */
    private readonly payloads?: PayloadStore,
  ) {
    const referenceTo = payloads && ((text: Payload) => payloads.referenceTo(text));
    this.settings = { build: definitions.build, historyEventsMax, referenceTo };
  }

  fresh(runId: RunId, shard: OwnedShard, started: TypedEvent<'WorkflowStarted'>): Run {
    const state = RunState.of([started]);
    const execution = this.execution(runId, started);
    if (execution) {
      execution.log = this.log;
      execution.checksInput = true;
    }
    const run = new Run(runId, shard, state, execution, this.settings);
    run.isProven = false;
    if (!execution) run.suspend(this.unknownWorkflow(started), 1);
    return run;
  }

  /**
   * @param revive when the code of a suspended run is brought to where it was suspended, so that it can be resumed: always, or
   * when another build than this one had suspended it.
   */
  async load(stored: StoredRun, shard: OwnedShard, nowMs: number, revive: 'always' | 'other-build' | 'never'): Promise<Run> {
    const state = RunState.of(stored.history, stored.maps);
    for (const { activitySeq, attempt, details } of stored.heartbeats) {
      const activity = state.activities.get(activitySeq);
      if (activity && attempt <= activity.attempt) activity.heartbeatDetails = details;
    }
    beginLeases(state, nowMs);
    if (state.suspension && !this.revives(state.suspension, revive)) return new Run(stored.runId, shard, state, undefined, this.settings);
    return this.withCode(stored, shard, state);
  }

  /** The code as far as it got, to be looked at and abandoned; or why there is none. */
  async codeOf({ runId, history }: Pick<StoredRun, 'runId' | 'history'>): Promise<Execution | Suspension> {
    const last = history.at(-1)?.type;
    if (last === 'WorkflowTerminated' || last === 'WorkflowTimedOut') {
      // Requests before such an end were fed, or not: as far as possible they were.
      const code = await this.codeOf({ runId, history: history.slice(0, -1) });
      if (code instanceof Execution) return code;
    }
    const state = RunState.of(history);
    const execution = this.execution(runId, state.started);
    if (!execution) return this.unknownWorkflow(state.started);
    execution.checksInput = isInputOpen(history);
    const divergence = this.endedOwners(state) ?? (await replay(execution, history, this.turns, this.payloads)).divergence;
    if (!divergence) return execution;
    execution.abandon();
    return divergence;
  }

  private async withCode(stored: StoredRun, shard: OwnedShard, state: RunState): Promise<Run> {
    const { started } = state;
    const execution = this.execution(stored.runId, started);
    if (execution) execution.checksInput = isInputOpen(stored.history, stored.status);
    const obstacle = execution ? this.endedOwners(state) : this.unknownWorkflow(started);
    const { divergence, unrecorded } =
      execution && !obstacle && !isUnbegun(execution, state)
        ? await replay(execution, stored.history, this.turns, this.payloads)
        : { divergence: obstacle, unrecorded: [] };
    if (!divergence) {
      if (execution) execution.log = this.log;
      const run = new Run(stored.runId, shard, state, execution, this.settings);
      run.answer(unrecorded, started.seq);
      return run;
    }
    execution?.abandon();
    const run = new Run(stored.runId, shard, state, undefined, this.settings, divergence);
    if (!state.suspension) run.suspend(divergence, state.deferred[0]?.seq ?? state.unansweredFrom);
    return run;
  }

  private revives(suspension: Suspension, revive: 'always' | 'other-build' | 'never'): boolean {
    return (
      revive === 'always' || (revive === 'other-build' && suspension.build !== undefined && suspension.build !== this.definitions.build)
    );
  }

  private execution(runId: RunId, started: TypedEvent<'WorkflowStarted'>): Execution | undefined {
    const definition = this.definitions.get(started.data.workflow);
    return definition && new Execution(runId, definition, started, () => this.onViolation(runId));
  }

  /** A history that ended two owners is not given to the same code a third time. */
  private endedOwners({ ownersEnded }: RunState): Suspension | undefined {
    const { build } = this.definitions;
    if ((ownersEnded.get(build) ?? 0) < ownersEndedMax) return undefined;
    const message = `the code of build ${build} has held ${ownersEndedMax} processes until they were ended: deploy a build that gives control back, and resume`;
    return { reason: 'ended-owners', message };
  }

  private unknownWorkflow(started: TypedEvent<'WorkflowStarted'>): Suspension {
    return {
      reason: 'unknown-workflow',
      message: `build ${this.definitions.build} has no workflow "${started.data.workflow}": deploy one that has, and the run goes on`,
    };
  }
}
