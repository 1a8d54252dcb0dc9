import assert from 'node:assert/strict';
import { MarathonClient } from '@marathon/client';
import { delivered, delivery, tour } from './tour.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:46241' });
const handle = await client.start(tour, { workflowId: 'tour-1', input: ['Ulm', ''] });
for await (const event of handle.events()) if (event.type === 'ChildWorkflowStarted') break;
await client.workflow(delivery, 'tour-1/0').signal(delivered, { to: 'the door' });
assert.deepEqual(await handle.result(), ['the door', 'there is no address']);
