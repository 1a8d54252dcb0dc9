import assert from 'node:assert/strict';
import { MarathonApiError, MarathonClient } from '@marathon/client';
import { account, close, withdraw } from './account.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:39017' });
const handle = await client.start(account, { workflowId: 'account-1', input: 100 });
assert.deepEqual(await handle.update(withdraw, { cents: 30 }, { idempotencyKey: 'slip-1' }), { leftCents: 70 });
assert.deepEqual(await handle.update(withdraw, { cents: 30 }, { idempotencyKey: 'slip-1' }), { leftCents: 70 }); // the same one
await assert.rejects(handle.update(withdraw, { cents: 80 }), (error) => error instanceof MarathonApiError && error.code === 'MARATHON_UPDATE_REJECTED');
await handle.signal(close);
assert.equal(await handle.result(), 70);
