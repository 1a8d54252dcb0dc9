import { describe, expect, it } from '@jest/globals';
import type { AnyWorkflowDefinition } from '@marathon/workflow';
import * as planted from '../../test/planted-bugs.workflows.js';
import type { ActivityMocks } from '../environment/activity-mocks.js';
import { effect } from './effects.js';
import { type DisturbanceOptions, SimulationFailedError, simulate } from './simulate.js';

const activities: ActivityMocks<planted.Activities> = {
  charge: (cents) => {
    effect('charge');
    return `${cents} charged`;
  },
  chargeWithKey: (cents, { idempotencyKey }) => {
    effect('charge', idempotencyKey);
    return `${cents} charged`;
  },
  look: (place) => `seen ${place}`,
};

async function failureOf(workflow: AnyWorkflowDefinition, options: DisturbanceOptions = {}): Promise<SimulationFailedError> {
  const error = await simulate(workflow, { activities, input: undefined, ...options }).catch((thrown: unknown) => thrown);
  if (!(error instanceof SimulationFailedError)) throw new Error(`found nothing: ${error}`);
  return error;
}

const bugs: readonly (readonly [bug: string, workflow: AnyWorkflowDefinition, finding: RegExp])[] = [
  ['a wall clock', planted.wallClock, /a replay .* expected ActivityScheduled "look"/],
  ['Math.random', planted.chance, /a replay |otherwise than undisturbed/],
  ['a promise that nobody awaits', planted.unawaited, /nobody awaits ctx\.activity\("charge"\)/],
  ['state of a module that runs share', planted.sharedState, /a replay .* expected ActivityScheduled "look" with input "order 1"/],
  ['an effect outside of activities and steps', planted.effectOutside, /effect "mail" in workflow code/],
  ['an effect without an idempotency key', planted.withoutKey, /effect "charge" happened 2 times, not 1/],
  ['iteration over what was filled in no order', planted.unordered, /it ended otherwise than undisturbed/],
  ['a swallowed cancellation', planted.swallowing, /it was canceled at event \d+ and ended as Completed/],
  ['a query that changes what it looks at', planted.changingQuery, /query "next" changes what it answers from/],
  ['a promise of a library, beside a timer', planted.foreignPromise, /ctx\.activity\("look"\) was called outside of the run.s turn/],
  ['a promise of a library, beside a handler', planted.neverMoved, /ctx\.activity\("look"\) was called outside of the run.s turn/],
  ['a result that depends on which activity ends first', planted.firstWins, /it ended otherwise than undisturbed/],
];

describe('simulate', () => {
  it.each(bugs)('finds %s, and shows it again with the seed', async (_, workflow, finding) => {
    const { seed, message } = await failureOf(workflow);
    expect(message).toMatch(finding);
    if (seed === undefined) return;
    expect(message).toContain(`{ seed: ${seed} }`);
    expect((await failureOf(workflow, { seed })).message).toBe(message);
  });

  it('lets sound code pass, whatever goes wrong', async () => {
    const report = await simulate(planted.sound, {
      input: 12,
      activities,
      during: async (handle, env) => {
        await env.advance('40d');
        await handle.signal('approve', 'ada');
      },
    });
    expect(report.runs).toBeGreaterThanOrEqual(20);
    expect(report.end).toMatch(/^Completed with .*"by":"ada"/);
  });
});
