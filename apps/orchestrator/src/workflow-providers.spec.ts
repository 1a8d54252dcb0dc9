import { afterEach, describe, expect, it } from '@jest/globals';
import { type AnyWorkflowDefinition, Definitions } from '@marathon/core';
import { TestEnvironment } from '@marathon/testing';
import { Workflow, type WorkflowContext } from '@marathon/workflow';
import { Inject, Injectable, Logger, Module, type Provider, Scope } from '@nestjs/common';
import { provideWorkflows, type WorkflowProviders } from './workflow-providers.js';

Logger.overrideLogger(false);

@Injectable()
class Rates {
  readonly percent = 19;
}

@Workflow('tax')
class TaxWorkflow {
  constructor(
    private readonly rates: Rates,
    @Inject('rounding') private readonly round: (value: number) => number,
  ) {}

  async run(ctx: WorkflowContext, net: number): Promise<number> {
    await ctx.sleep('1d');
    return this.round((net * this.rates.percent) / 100);
  }
}

@Workflow('per-request')
@Injectable({ scope: Scope.REQUEST })
class RequestWorkflow {
  async run(): Promise<void> {}
}

@Workflow('transient')
@Injectable({ scope: Scope.TRANSIENT })
class TransientWorkflow {
  async run(): Promise<void> {}
}

@Injectable({ scope: Scope.REQUEST })
class RequestRates {}

@Workflow('needs-request')
class NeedsRequestWorkflow {
  constructor(readonly rates: RequestRates) {}
  async run(): Promise<void> {}
}

const services: Provider[] = [Rates, { provide: 'rounding', useFactory: async () => Math.round }];

describe('workflows are found', () => {
  let provided: WorkflowProviders | undefined;
  afterEach(() => provided?.close());

  const provide = async (...providers: Provider[]) => {
    provided = await provideWorkflows([{ module: class TeamModule {}, providers }]);
    return provided.workflows;
  };

  it('on providers of all modules, and run with what is injected into them', async () => {
    @Module({ providers: [...services, TaxWorkflow] })
    class TaxModule {}
    @Module({ imports: [TaxModule] })
    class TeamModule {}
    provided = await provideWorkflows([TeamModule, TaxModule]);
    const [tax] = provided.workflows;
    const environment = new TestEnvironment({ workflows: provided.workflows });
    const handle = await environment.start(tax as AnyWorkflowDefinition, { input: 110 });
    expect(await handle.result()).toBe(21);
  });

  it('once when a provider has an alias, on what a factory makes, and not on a subclass that says nothing of itself', async () => {
    class MoreTaxWorkflow extends TaxWorkflow {}
    const made = { provide: 'made', inject: [Rates], useFactory: async (rates: Rates) => new TaxWorkflow(rates, Math.ceil) };
    const found = await provide(...services, MoreTaxWorkflow, made, { provide: 'alias', useExisting: 'made' });
    expect(found.map(({ name }) => name)).toEqual(['tax']);
  });

  it.each([RequestWorkflow, TransientWorkflow, NeedsRequestWorkflow])('not on %p: a run needs one instance', async (type) => {
    await expect(provide(type, RequestRates)).rejects.toMatchObject({
      code: 'MARATHON_WORKFLOW_REGISTRATION_INVALID',
      message: expect.stringContaining(`${type.name} in TeamModule: a workflow needs a singleton`),
    });
  });

  it('and tell their build from others by the source of the class', async () => {
    const buildOf = async (type: Provider) => new Definitions(await provide(type)).build;
    const variant = (answer: number): Provider => {
      const source = {
        1: class {
          async run() {
            return 1;
          }
        },
        2: class {
          async run() {
            return 2;
          }
        },
      }[answer] as new () => { run(): Promise<number> };
      Workflow('same')(source);
      return source;
    };
    expect(await buildOf(variant(1))).toBe(await buildOf(variant(1)));
    expect(await buildOf(variant(1))).not.toBe(await buildOf(variant(2)));
  });
});
