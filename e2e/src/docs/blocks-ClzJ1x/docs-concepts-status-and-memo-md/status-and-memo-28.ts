import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { MarathonClient } from '@marathon/client';
import { assign, ticket } from './ticket.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:44337' });
const handle = await client.start(ticket, { workflowId: 'ticket-1', memo: { from: 'bo' }, searchAttributes: { priority: 2 } });
await handle.signal(assign, { to: 'ada' });
const ofAda = { q: 'workflow = "ticket" and assignee = "ada" and priority >= 2' };
while ((await client.count(ofAda)).count === 0) await setTimeout(10);
for await (const { statusText } of client.list(ofAda)) assert.equal(statusText, 'is with ada');
assert.deepEqual((await handle.describe()).memo, { from: 'bo', firstSeenBy: 'ada' });
