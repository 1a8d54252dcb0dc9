import assert from 'node:assert/strict';
import { MarathonClient } from '@marathon/client';
import { add, basket, checkOut } from './basket.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:45043' });
const handle = await client.start(basket, { workflowId: 'basket-ada' });
await handle.signal(add, { sku: 'tea', count: 2 });
await client.signalWithStart(basket, add, { sku: 'cup', count: 1 }, { workflowId: 'basket-ada' }); // open: the run gets it
await handle.signal(checkOut);
assert.deepEqual(await handle.result(), { tea: 2, cup: 1 });
