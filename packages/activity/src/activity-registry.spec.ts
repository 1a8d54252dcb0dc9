import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, type Provider, Scope } from '@nestjs/common';
import { activity, payload, WorkerWorld } from '../test/worker-world.js';
import { Activity } from './index.js';

let world: WorkerWorld;

beforeEach(async () => {
  world = await WorkerWorld.start();
});

afterEach(() => world.stop());

@Injectable()
class Rates {
  readonly percent = 19;
}

@Injectable()
class TaxActivities {
  constructor(private readonly rates: Rates) {}

  @Activity()
  async tax(net: number): Promise<number> {
    return (net * this.rates.percent) / 100;
  }
}

@Injectable()
class MoreTaxActivities {
  @Activity('tax')
  async alsoTax(): Promise<void> {}
}

@Injectable({ scope: Scope.REQUEST })
class RequestActivities {
  @Activity('per-request')
  async run(): Promise<void> {}
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientActivities {
  @Activity('transient')
  async run(): Promise<void> {}
}

@Injectable()
class NamelessActivities {
  @Activity('')
  async run(): Promise<void> {}
}

/** Checked by the compiler alone. */
export class MisshapenActivities {
  // @ts-expect-error an activity gives a promise
  @Activity('synchronous')
  now(): number {
    return 1;
  }

  // @ts-expect-error an activity has one input
  @Activity('two-inputs')
  async add(left: number, right: number): Promise<number> {
    return left + right;
  }
}

describe('activities are found', () => {
  it('on providers, with what is injected into them, under the name of their method unless they have another', async () => {
    await world.worker([Rates, TaxActivities]);
    await world.send(world.task({ activity: 'tax', input: 200 }));
    expect(await world.owner.next('activity-finished')).toMatchObject({ result: payload(38) });
  });

  it('on a subclass, and once when a provider has an alias', async () => {
    class MoreThanTax extends TaxActivities {}
    await world.worker([
      { provide: MoreThanTax, useFactory: () => new MoreThanTax(new Rates()) },
      { provide: 'alias', useExisting: MoreThanTax },
    ]);
    await world.send(world.task({ activity: 'tax', input: 100 }));
    expect(await world.owner.next('activity-finished')).toMatchObject({ result: payload(19) });
  });

  const refused: [string, Provider[], string][] = [
    [
      'two with one name',
      [Rates, TaxActivities, MoreTaxActivities],
      'activity "tax" is defined twice: by TaxActivities.tax in Application, and by MoreTaxActivities.alsoTax in Application',
    ],
    [
      'one on a request-scoped provider',
      [RequestActivities],
      'RequestActivities.run in Application: activity "per-request" needs a singleton',
    ],
    [
      'one on a transient provider',
      [TransientActivities],
      'TransientActivities.run in Application: activity "transient" needs a singleton',
    ],
    ['one without a name', [NamelessActivities], "NamelessActivities.run in Application: an activity's name has 1 to 200 characters"],
  ];
  it.each(refused)('and %s keeps the application from starting', async (_what, providers, message) => {
    await expect(world.worker(providers)).rejects.toMatchObject({
      code: 'MARATHON_ACTIVITY_REGISTRATION_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

describe('options of a worker', () => {
  it.each([
    [{ taskQueues: [] }, 'taskQueues'],
    [{ taskQueues: ['a b'] }, 'taskQueues: "a b"'],
    [{ taskQueues: ['a', 'a'] }, 'taskQueues'],
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ announceAfterMs: -1 }, 'announceAfterMs'],
    [{ resultBytesMax: 1.5 }, 'resultBytesMax'],
    [{ drainTimeoutMs: Number.NaN }, 'drainTimeoutMs'],
    [{ identity: '' }, 'identity'],
  ])('%j are refused, naming the one that makes no sense', async (options, message) => {
    await expect(
      world.worker(
        activity(async () => 1),
        options,
      ),
    ).rejects.toMatchObject({ code: 'MARATHON_ACTIVITY_WORKER_OPTIONS_INVALID', message: expect.stringContaining(message) });
  });
});
