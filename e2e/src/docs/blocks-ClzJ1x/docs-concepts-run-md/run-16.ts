import { MarathonClient } from '@marathon/client';
import { greeting } from './greeting.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:37877' });
const handle = await client.start(greeting, { workflowId: 'greeting-ada', input: 'ada', runTimeout: '7d' });
await handle.signal('go');
await handle.result(); // 'hello, ada'
