import {
  decodePayload,
  historyEventsLong,
  initialLabels,
  isClosed,
  type Labels,
  type RunRow,
  type SearchAttributes,
  type TypedEvent,
} from '@marathon/core';
import { activityTopic, type PendingActivity, type WorkflowDescription } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { closingOf, withOutcome } from '../results/closing.js';
import { noWorkerListens } from '../why/activity-waits.js';
import { longHistoryWarning } from '../why/notes.js';
import { FoldedRuns } from './folded-runs.js';
import { withPayload } from './history-entry.js';
import { instant } from './instant.js';
import { pendingActivities, pendingChildren, pendingTimers } from './pending.js';
import { Runs } from './runs.js';

/** Everything about a run that its row, its history and the stream say. */
@Injectable()
export class DescribeRun {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader' | 'stream' | 'clock'>,
    private readonly runs: Runs,
    private readonly foldedRuns: FoldedRuns,
    private readonly payloads: LargePayloads,
  ) {}

  /** The text of a `WorkflowDescription`: input and result go into it as they are recorded, and of large ones the address. */
  async describe(workflowId: string, runId: string | undefined): Promise<string> {
    const run = await this.runs.find(workflowId, runId);
    if (isClosed(run.status)) return this.describeClosed(run);
    const { state } = await this.foldedRuns.read(run.runId);
    if (!state.isOpen) return this.describeClosed(await this.runs.find(workflowId, run.runId));
    const [activities, attributes] = await Promise.all([
      this.nameWhatIsMissing(pendingActivities(state, this.ports.clock.now())),
      this.ports.runReader.readSearchAttributes([run.runId]),
    ]);
    const pending = {
      activities: [...activities],
      timers: [...pendingTimers(state)],
      children: [...pendingChildren(run.runId, state)],
      signals: [...run.awaitedSignals],
    };
    const { started, lastSeq, suspension } = state;
    const text = write({ ...run, lastSeq }, state.labels, attributes.get(run.runId), started, {
      pending,
      ...(suspension && { suspension }),
    });
    return withPayload(text, 'input', started.payload, await this.payloads.addressing());
  }

  private async describeClosed(run: RunRow): Promise<string> {
    const { runReader } = this.ports;
    const [[first], [closed], attributes] = await Promise.all([
      runReader.readHistory(run.runId, 0, 1),
      runReader.readClosings([run.runId]),
      runReader.readSearchAttributes([run.runId]),
    ]);
    const started = first as TypedEvent<'WorkflowStarted'>;
    const pending = { activities: [], timers: [], children: [], signals: [] };
    const text = write(run, labelsOf(run, started), attributes.get(run.runId), started, { pending });
    const addressOf = await this.payloads.addressing();
    const { result, ...closing } = closed ? closingOf(run.runId, closed.closing) : {};
    return withOutcome(withPayload(withPayload(text, 'input', started.payload, addressOf), 'result', result, addressOf), closing);
  }

  /** Says of what waits for a worker whether there is any. */
  private async nameWhatIsMissing(activities: readonly PendingActivity[]): Promise<readonly PendingActivity[]> {
    const queues = [...new Set(activities.filter(({ state }) => state === 'queued').map(({ taskQueue }) => taskQueue))];
    // A stream that cannot tell keeps nobody from reading the rest.
    const counts = await Promise.all(queues.map((queue) => this.ports.stream.consumersOf(activityTopic(queue)).catch(() => undefined)));
    const abandoned = new Set(queues.filter((_, index) => counts[index] === 0));
    return activities.map((activity) =>
      activity.state === 'queued' && abandoned.has(activity.taskQueue)
        ? { ...activity, waitingFor: noWorkerListens(activity.taskQueue) }
        : activity,
    );
  }
}

function write(
  run: RunRow,
  { statusText, memo }: Labels,
  searchAttributes: SearchAttributes | undefined,
  started: TypedEvent<'WorkflowStarted'>,
  state: Pick<WorkflowDescription, 'pending' | 'suspension'>,
): string {
  const { parent } = started.data;
  const description: WorkflowDescription = {
    workflowId: run.workflowId,
    runId: run.runId,
    workflow: run.workflow,
    status: run.status,
    taskQueue: run.taskQueue,
    ...(parent && { parent: { workflowId: parent.workflowId, runId: parent.runId, childSeq: parent.childSeq } }),
    startedAt: instant(run.startedAtMs),
    ...(run.closedAtMs !== undefined && { closedAt: instant(run.closedAtMs) }),
    lastSeq: run.lastSeq,
    ...(!isClosed(run.status) && run.lastSeq >= historyEventsLong && { warning: longHistoryWarning(run.lastSeq) }),
    ...(statusText && { statusText }),
    ...(memo && { memo }),
    ...(searchAttributes && { searchAttributes }),
    ...state,
  };
  return JSON.stringify(description);
}

/** Of a closed run, whose history is not read. */
function labelsOf({ statusText, memo }: RunRow, { data }: TypedEvent<'WorkflowStarted'>): Labels {
  const labels = initialLabels(data);
  return { ...labels, statusText, memo: memo === undefined ? labels.memo : (decodePayload(memo) as Labels['memo']) };
}
