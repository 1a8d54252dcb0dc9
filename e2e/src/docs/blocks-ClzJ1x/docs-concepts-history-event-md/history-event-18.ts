import { MarathonClient } from '@marathon/client';
import { lunch } from './lunch.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:44435' });
const handle = await client.start(lunch, { workflowId: 'lunch-1' });
await handle.result();
