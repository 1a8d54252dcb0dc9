import { isUnbegun, type RunView, type ViewedWait } from './run-view.js';

/** An owner that has not acted for this long on what came, or fell due, is not only busy. */
const lateAfterMs = 3_000;

/** What stands in the way of whatever else the run waits for. */
export function obstacles(view: RunView, waits: readonly ViewedWait[]): readonly ViewedWait[] {
  return [...stream(view), ...orchestrator(view, waits), ...definition(view), ...requests(view), ...publication(view)];
}

function stream({ world }: RunView): readonly ViewedWait[] {
  if (world.isStreamUsable) return [];
  const what = 'The stream cannot be reached from here: no task and no result gets through until it can.';
  const remedy = 'See to the brokers and the network. What was accepted waits in the database and goes on by itself.';
  return [{ kind: 'stream', what, sinceMs: world.nowMs, remedy }];
}

function orchestrator(view: RunView, waits: readonly ViewedWait[]): readonly ViewedWait[] {
  const { run, state, surroundings, world } = view;
  const { orchestrators } = world;
  const facts = {
    taskQueue: run.taskQueue,
    ...(orchestrators !== undefined && { orchestrators }),
    ...(surroundings.owner !== undefined && { owner: surroundings.owner }),
  };
  if (orchestrators === 0) {
    const what = `No orchestrator serves task queue "${run.taskQueue}": nothing moves the run.`;
    const remedy = `Start an orchestrator that serves task queue "${run.taskQueue}".`;
    return [{ kind: 'orchestrator', what, sinceMs: state.clockMs, remedy, ...facts }];
  }
  const lateSinceMs = neglectedSinceMs(view, waits);
  if (!world.isStreamUsable || world.nowMs - lateSinceMs < lateAfterMs) return [];
  const owner =
    surroundings.owner === undefined ? 'Nobody has taken the shard of the run' : `The owner of its shard (${surroundings.owner})`;
  return [
    {
      kind: 'orchestrator',
      what: `${owner}${surroundings.owner === undefined ? ', and' : ''} has not acted on what has been there since ${new Date(lateSinceMs).toISOString()}.`,
      sinceMs: lateSinceMs,
      remedy:
        'It stands still, is away, or has too much to do: look at the orchestrators. Another takes over within seconds when it is gone.',
      ...facts,
    },
  ];
}

/** Since when its owner should have done something that it has not done. Never is far ahead. */
function neglectedSinceMs(view: RunView, waits: readonly ViewedWait[]): number {
  const { surroundings, run } = view;
  const due = waits.flatMap(({ untilMs }) => untilMs ?? []);
  const accepted = surroundings.requests.map(({ acceptedAtMs }) => acceptedAtMs);
  const begun = isUnbegun(view) ? [run.startedAtMs] : [];
  return Math.min(...due, ...accepted, ...begun, Number.POSITIVE_INFINITY);
}

function definition({ run, state, world }: RunView): readonly ViewedWait[] {
  const { workflow, taskQueue } = run;
  if (world.registeredOn.includes(taskQueue) || state.suspension) return [];
  const elsewhere = world.registeredOn.length > 0 ? `; it is on ${world.registeredOn.join(', ')}` : '';
  return [
    {
      kind: 'definition',
      what: `No orchestrator has workflow "${workflow}" on task queue "${taskQueue}"${elsewhere}.`,
      sinceMs: state.clockMs,
      remedy: `Deploy an orchestrator that has workflow "${workflow}" on task queue "${taskQueue}".`,
      workflow,
      taskQueue,
      registeredOn: [...world.registeredOn],
    },
  ];
}

function requests({ surroundings }: RunView): readonly ViewedWait[] {
  const [first] = surroundings.requests;
  if (!first) return [];
  const count = surroundings.requests.length;
  const name = first.name === undefined ? {} : { name: first.name };
  const what = `A ${first.kind}${first.name === undefined ? '' : ` "${first.name}"`} was accepted${count > 1 ? `, with ${count - 1} more,` : ''} and is not in the history yet.`;
  return [{ kind: 'request', what, sinceMs: first.acceptedAtMs, request: first.kind, count, ...name }];
}

function publication({ surroundings, world }: RunView): readonly ViewedWait[] {
  const sinceMs = surroundings.unpublishedSinceMs;
  // Between a commit and its publication there are moments only.
  if (sinceMs === undefined || world.nowMs - sinceMs < lateAfterMs) return [];
  const what = 'What the run decided is committed and was not published: tasks for workers, or its start, wait in the outbox.';
  const remedy = 'See whether the stream takes messages; a sweeper publishes what was left behind, by itself.';
  return [{ kind: 'publication', what, sinceMs, remedy }];
}
