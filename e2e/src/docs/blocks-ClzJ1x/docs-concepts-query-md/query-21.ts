import assert from 'node:assert/strict';
import { MarathonClient } from '@marathon/client';
import { missing, part, upload } from './upload.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:36247' });
const handle = await client.start(upload, { workflowId: 'upload-1', input: 3 });
await handle.signal(part, 2);
assert.deepEqual(await handle.query(missing, { below: 3 }), [1, 3]);
for (const number of [1, 3]) await handle.signal(part, number);
await handle.result();
