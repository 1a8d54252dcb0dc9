import assert from 'node:assert/strict';
import { MarathonClient } from '@marathon/client';
import { checkout } from './checkout.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:45827' });
assert.equal(await (await client.start(checkout, { input: 'gold' })).result(), '1200 by key');
assert.equal(await (await client.start(checkout, { input: 'lost' })).result(), 'not paid');
