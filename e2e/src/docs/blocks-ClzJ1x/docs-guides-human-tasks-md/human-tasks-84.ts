import { MarathonClient } from '@marathon/client';
import { expense } from './expense.js';

const client = new MarathonClient({ url: 'http://127.0.0.1:43509' });
const handle = await client.start(expense, { input: { employee: 'cy', manager: 'bo', cents: 900 } });
for await (const event of handle.events()) if (event.type === 'ActivityScheduled') break;
for await (const { id } of client.approvals({ assignee: 'bo' })) await client.answerApproval(id, { isApproved: true }, { answeredBy: 'bo' });
export const paid = await handle.result();
