import { setTimeout } from 'node:timers/promises';
import { MarathonClient } from '@marathon/client';
import { carrier, parcel } from './parcel.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:46535' });
await client.start(parcel, { workflowId: 'parcel-1', input: 'Ulm' });
while (carrier.token === '') await setTimeout(10); // what a callback of the carrier would be
export const { token } = carrier;
