import assert from 'node:assert/strict';
import { MarathonClient } from '@marathon/client';
import { onboard } from './accounts.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:41919' });
const handle = await client.start(onboard, { input: 'ada' });
assert.equal(await handle.result(), 'account of ada');
