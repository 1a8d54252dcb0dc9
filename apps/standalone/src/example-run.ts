import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

const input = {
  orderId: '1001',
  email: 'ada@example.com',
  items: [
    { sku: 'tea', quantity: 2, unitPriceCents: 450 },
    { sku: 'cup', quantity: 1, unitPriceCents: 1200 },
  ],
};

/**
 * Runs the example workflow `order` as any client would: starts it over HTTP, prints its history as it happens, sends the signal
 * that it waits for, and prints its result.
 */
export async function runExample(url: string, print: (line: string) => void): Promise<void> {
  const { workflowId } = await call<{ workflowId: string }>(`${url}/workflows`, { workflow: 'order', input });
  const runUrl = `${url}/workflows/${workflowId}`;
  print(`\nRunning the example workflow "order" as ${workflowId}:\n`);
  for await (const event of events(`${runUrl}/events`)) {
    print(`  ${String(event.seq).padStart(3)}  ${event.at.slice(11, 23)}  ${event.type.padEnd(24)} ${summary(event.data)}`);
    if (event.type === 'TimerFired') await call(`${runUrl}/signals/picked-up`, { carrier: 'Marathon Express' });
  }
  const { status, result } = await call<{ status: string; result: unknown }>(`${runUrl}/result`);
  print(`\n  ${status}: ${JSON.stringify(result)}\n`);
  print(`  the run       ${runUrl}`);
  print(`  its history   ${runUrl}/history`);
}

interface ShownEvent {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: unknown;
}

async function* events(url: string): AsyncIterable<ShownEvent> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  const lines = createInterface({ input: Readable.fromWeb(response.body) });
  for await (const line of lines) if (line.startsWith('data:')) yield JSON.parse(line.slice('data:'.length)) as ShownEvent;
}

async function call<Answer>(url: string, body?: unknown): Promise<Answer> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, body === undefined ? {} : post);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

function summary(data: unknown): string {
  const text = JSON.stringify(data);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
