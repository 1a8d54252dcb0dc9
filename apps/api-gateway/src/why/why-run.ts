import { type HistoryEvent, isClosed, type RunRow } from '@marathon/core';
import { type RunWait, type WhyAnswer, waitsMax } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { FoldedRuns } from '../reads/folded-runs.js';
import { instant } from '../reads/instant.js';
import { notFound, Runs } from '../reads/runs.js';
import { endOf } from './end-of.js';
import { notesOf } from './notes.js';
import type { RunView, ViewedWait } from './run-view.js';
import { waitsOf } from './waits.js';
import { WorldView } from './world-view.js';

/** A run that moves while it is looked at is looked at again so often. */
const looksMax = 3;

/** What a run waits for, since when, and what would move it. */
@Injectable()
export class WhyRun {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>,
    private readonly runs: Runs,
    private readonly foldedRuns: FoldedRuns,
    private readonly worldView: WorldView,
  ) {}

  /** @throws ProblemError MARATHON_WORKFLOW_NOT_FOUND, StoreUnavailableError */
  async explain(workflowId: string, runId: string | undefined): Promise<WhyAnswer> {
    const run = await this.runs.find(workflowId, runId);
    if (isClosed(run.status)) return this.explainClosed(run);
    const view = await this.look(run);
    if (!view.state.isOpen) return this.explainClosed(await this.runs.find(workflowId, run.runId));
    const waits = waitsOf(view);
    return {
      ...headOf(run),
      // The row knows of code that has begun and decided nothing.
      status: view.state.status === 'Pending' ? run.status : view.state.status,
      what: waits[0]?.what ?? '',
      since: instant(view.state.clockMs),
      waits: waits.slice(0, waitsMax).map(answered),
      ...(waits.length > waitsMax && { more: waits.length - waitsMax }),
      notes: [...notesOf(view)],
    };
  }

  private async explainClosed(run: RunRow): Promise<WhyAnswer> {
    const [closed] = await this.ports.runReader.readClosings([run.runId]);
    const { closing } = closed as { readonly closing: HistoryEvent };
    return { ...headOf(run), status: run.status, what: endOf(closing), since: instant(closing.at), waits: [], notes: [] };
  }

  /** The row is written with the history: what both say belongs together when they stand at the same event. */
  private async look(run: RunRow): Promise<RunView> {
    for (let looks = 1; ; looks++) {
      const folded = await this.foldedRuns.read(run.runId);
      const [surroundings, awaitedLimits, world] = await Promise.all([
        this.ports.runReader.readSurroundings(run.runId),
        folded.state.places ? this.ports.runReader.readAwaitedLimits(run.runId) : [],
        this.worldView.around(run, folded.state),
      ]);
      if (!surroundings) throw notFound(run.workflowId, run.runId);
      if (surroundings.lastSeq === folded.state.lastSeq || looks === looksMax)
        return { ...folded, run, surroundings, awaitedLimits, world };
    }
  }
}

const headOf = ({ workflowId, runId, workflow }: RunRow) => ({ workflowId, runId, workflow });

function answered({ sinceMs, untilMs, ...wait }: ViewedWait): RunWait {
  return { ...wait, since: instant(sinceMs), ...(untilMs !== undefined && { until: instant(untilMs) }) } as RunWait;
}
