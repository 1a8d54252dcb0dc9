import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyWorkflowDefinition, WorkflowDefinition } from '@marathon/core';
import { Simulation } from '@marathon/testing';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startInMemory } from './memory-system.js';
import { pagesWithTestsOfTheirOwn } from './page.js';
import { gateway, typeErrors, typeScriptOf } from './run-blocks.js';

/** What the next block exports. */
const next = async (blocks: AsyncIterator<Record<string, unknown>>) => (await blocks.next()).value as Record<string, unknown>;

describe('code in the docs', () => {
  let folder: string;
  const lookedAt: string[] = [];

  const blocksOf = (page: string, subfolder: string, gatewayUrl?: () => string) => {
    lookedAt.push(page);
    return typeScriptOf(page, path.join(folder, subfolder), gatewayUrl);
  };

  beforeAll(async () => {
    // Beside the sources, so that imports are found as a reader's would be.
    folder = await mkdtemp(path.join(import.meta.dirname, 'blocks-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('of the README runs: the workflow in virtual time, the activity as a method', async () => {
    let url = gateway;
    const blocks = blocksOf('README.md', 'readme', () => url);
    const { onboard } = await next(blocks);
    const { AccountActivities } = await next(blocks);
    const activities = new (AccountActivities as new () => { open(customer: { id: string }): Promise<unknown> })();
    await expect(activities.open({ id: 'c1' })).rejects.toMatchObject({ code: expect.stringContaining('MARATHON_') }); // no worker runs it

    const mails: unknown[] = [];
    const simulation = new Simulation({
      workflows: [onboard as WorkflowDefinition],
      activities: {
        'open-account': (customer) => ({ accountId: `account of ${(customer as { id: string }).id}` }),
        'send-welcome': (email) => void mails.push(email),
        'send-survey': () => {
          throw Object.assign(new Error('no such mailbox'), { nonRetryable: true });
        },
      },
    });
    const runId = await simulation.start('onboard', { id: 'c1', email: 'ada@example.com' }, { workflowId: 'onboard-c1' });
    await simulation.signal('onboard-c1', 'approved', { by: 'Grace' });
    await simulation.settle(4 * 86_400_000);
    const history = await simulation.history(runId);
    expect(history.at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '{"accountId":"account of c1","approvedBy":"Grace"}' });
    expect(mails).toEqual(['ada@example.com']);
    await simulation.stop();

    const system = await startInMemory({ workflows: [onboard as AnyWorkflowDefinition], activities: [AccountActivities as Type] });
    url = system.url;
    expect(await next(blocks)).toMatchObject({ handle: { workflowId: 'onboard-c1', runId: expect.any(String) } });
    expect(await blocks.next()).toEqual({ done: true, value: undefined });
    await system.stop();
  });

  it('of the first workflow runs: tested, started by a client, and as a provider', async () => {
    let url = gateway;
    const blocks = blocksOf('docs/guides/first-workflow.md', 'first-workflow', () => url);
    const { order } = await next(blocks);
    const { CardPayments } = await next(blocks);
    const { anApprovedOrderIsPaid } = await next(blocks);
    expect(await (anApprovedOrderIsPaid as () => unknown)()).toEqual({ paymentId: '2-tea', approvedBy: 'ada' });

    const ofOrders = await startInMemory({ workflows: [order as AnyWorkflowDefinition], activities: [CardPayments as Type] });
    url = ofOrders.url;
    const { before, receipt } = await next(blocks);
    expect(before).toEqual({ isApproved: false });
    expect(receipt).toEqual({ paymentId: expect.stringMatching(/^tea-/), approvedBy: 'ada' });
    await ofOrders.stop();

    const { QuotesModule } = await next(blocks);
    const ofQuotes = await startInMemory({ workflows: [], modules: [QuotesModule as Type], activities: [] });
    url = ofQuotes.url;
    expect(await next(blocks)).toMatchObject({ tested: { totalCents: 900 }, quoted: { totalCents: 1_350 } });
    expect(await blocks.next()).toEqual({ done: true, value: undefined });
    await ofQuotes.stop();
  });

  it('of the guide to clients runs against a system', async () => {
    let url = gateway;
    const blocks = blocksOf('docs/guides/client.md', 'client', () => url);
    const { order } = await next(blocks);
    const system = await startInMemory({ workflows: [order as AnyWorkflowDefinition], activities: [] });
    url = system.url;
    expect(await next(blocks)).toMatchObject({ isApproved: false, receipt: { sku: 'tea', approvedBy: 'ada' } });
    const { orderTea } = await next(blocks);
    expect(await (orderTea as (url: string, approver: string) => unknown)(url, 'grace')).toBe('grace');
    expect((await next(blocks)).seen).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowCompleted']);
    const { agree, delivered } = (await next(blocks)) as Record<'agree' | 'delivered', (...args: readonly unknown[]) => Promise<unknown>>;
    expect(await agree('ada')).toEqual([]);
    await expect(delivered('no token', 'bo')).rejects.toMatchObject({ code: 'MARATHON_TOKEN_UNKNOWN' });
    const { orderOnce } = (await next(blocks)) as { readonly orderOnce: (workflowId: string, sku: string) => Promise<string> };
    expect(await orderOnce('order-2', 'tea')).toBe('tea');
    expect(await orderOnce('order-3', '')).toBe('Failed: there is nothing to order');
    const { ShopModule, Shop } = await next(blocks);
    const app = await NestFactory.createApplicationContext(ShopModule as Type, { logger: false });
    expect(await app.get<{ order(sku: string): Promise<string> }>(Shop as Type).order('tea')).toEqual(expect.any(String));
    expect(await blocks.next()).toEqual({ done: true, value: undefined });
    await app.close();
    await system.stop();
  });

  it('has the types that it shows', async () => {
    // In this order, after the tests that have written all blocks.
    expect(await typeErrors(folder)).toBe('');
  });

  it('is looked at on the pages that are said to have tests of their own', () => {
    const asAnApplication = 'docs/guides/nest.md'; // by packages.e2e-spec.ts
    expect([...lookedAt, asAnApplication].sort()).toEqual(pagesWithTestsOfTheirOwn);
  });
});
