import { it } from '@jest/globals';
import { simulate } from '@marathon/testing';
import { invoice } from './invoice.js';

it('gives the same invoice whatever happens', async () => {
  await simulate(invoice, { input: 'ada', activities: { 'send-invoice': () => undefined } });
});
