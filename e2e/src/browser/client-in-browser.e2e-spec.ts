import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MarathonClient } from '@marathon/client';
import chromium from '@sparticuz/chromium';
import { build, stop } from 'esbuild';
import { type Browser, chromium as playwright, type Page as Tab } from 'playwright-core';
import { startInMemory } from '../docs/memory-system.js';
import { FlakyProxy } from './flaky-proxy.js';
import type { Page } from './page.js';
import { close, count, tally } from './tally.workflow.js';

jest.setTimeout(180_000);

let site: Server;
let system: Awaited<ReturnType<typeof startInMemory>>;
let proxy: FlakyProxy;
let gateway: string;
let browser: Browser;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
// With it, any page may call anything.
const args = chromium.args.filter((arg) => arg !== '--disable-web-security');
declare const page: Page; // in the browser

beforeAll(async () => {
  const script = await bundle();
  site = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response
      .setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      .end(isScript ? script : '<script src="/page.js"></script>');
  });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  system = await startInMemory({ workflows: [tally], activities: [], corsOrigins: [`http://127.0.0.1:${portOf(site)}`] });
  proxy = new FlakyProxy(new URL(system.url));
  gateway = await proxy.start();
  browser = await playwright.launch({ args, executablePath: await chromium.executablePath(), headless: true });
});

afterAll(async () => {
  await browser?.close();
  await proxy?.stop();
  await system?.stop();
  site?.close();
  await stop();
});

/** What a bundler makes of the packages as they were built. */
async function bundle(): Promise<string> {
  const entry = path.join(import.meta.dirname, 'page.ts');
  const options = { bundle: true, write: false, platform: 'browser', format: 'iife', logLevel: 'silent' } as const;
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  return outputFiles[0]?.text ?? '';
}

async function open(host = '127.0.0.1'): Promise<Tab> {
  const tab = await browser.newPage();
  await tab.goto(`http://${host}:${portOf(site)}/`);
  return tab;
}

describe('the client in a browser', () => {
  it('starts, signals, updates, queries, and gets the result', async () => {
    const tab = await open();
    expect(await tab.evaluate((url) => page.talk(url), gateway)).toEqual({ added: 7, queried: 7, result: 7 });
  });

  it('follows a run through a connection that breaks off: every event once', async () => {
    const tab = await open();
    const seenTypes = (type: string, times: number) =>
      tab.waitForFunction(([wanted, n]) => page.seen.filter((event) => event.type === wanted).length === n, [type, times] as const);
    const followed = tab.evaluate(([url, id]) => page.follow(url, id), [gateway, 'followed'] as const);
    await seenTypes('WorkflowStarted', 1);
    const handle = new MarathonClient({ url: system.url }).workflow(tally, 'followed');
    await handle.signal(count, 1);
    await seenTypes('SignalReceived', 1);
    proxy.cut();
    await handle.signal(count, 2);
    await seenTypes('SignalReceived', 2);
    proxy.cut();
    await handle.signal(close);
    await followed;
    const expected: { seq: number; type: string }[] = [];
    for await (const { seq, type } of handle.history()) expected.push({ seq, type });
    expect(await tab.evaluate(() => page.seen)).toEqual(expected);
    expect(expected.at(-1)?.type).toBe('WorkflowCompleted');
  });

  it('gets no answer in a page of an origin that was not named', async () => {
    const tab = await open('localhost');
    const called = tab.evaluate((url) => fetch(`${url}/workflows`).then(({ status }) => status, String), gateway);
    expect(await called).toBe('TypeError: Failed to fetch');
  });
});
