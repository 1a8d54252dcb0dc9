import assert from 'node:assert/strict';
import { MarathonApiError, MarathonClient } from '@marathon/client';
import { booking, changeSeat, depart, seat } from './booking.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:38735' });
const refused = (code: string, detail: string) => (error: unknown) =>
  error instanceof MarathonApiError && error.code === code && error.message.includes(detail);

await assert.rejects(client.start(booking, { input: { row: 0, letter: 'A' } }), refused('MARATHON_PAYLOAD_INVALID', 'input/row'));
const handle = await client.start(booking, { workflowId: 'booking-1', input: { row: 7, letter: 'A' } });
await assert.rejects(handle.signal('depart', { gate: 12 }), refused('MARATHON_PAYLOAD_INVALID', 'body/gate must be string'));
await assert.rejects(handle.query('seats'), refused('MARATHON_QUERY_UNKNOWN', 'it has seat'));
assert.equal(await handle.update(changeSeat, { row: 8, letter: 'C' }), '8C');
assert.equal(await handle.query(seat), '8C');
await handle.signal(depart, { gate: 'B4' });
assert.equal(await handle.result(), 'PASS-8C at B4');
