import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { ticket } from './ticket.js';

it('issues a ticket for a seat that there is', async () => {
  const env = createTestEnvironment({ workflows: [ticket] });
  expect(await (await env.start(ticket, { input: 'A1' })).result()).toEqual({ seat: 'A1', issuedAt: expect.any(String) });
  expect(await (await env.start(ticket, { input: 'Z1' })).result()).toEqual({ seat: 'Z1', refused: 'there is no seat Z1' });
});
