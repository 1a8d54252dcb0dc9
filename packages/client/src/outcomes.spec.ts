import { describe, expect, it } from '@jest/globals';
import { drop, HostileServer, json, problem } from '../test/hostile-server.js';
import { MarathonClient } from './marathon-client.js';

const approval = { id: 'r1.2', title: 'Refund?' };
const accepted = json(202, { workflowId: 'o', runId: 'r1' });

const clientOf = ({ url }: HostileServer) => new MarathonClient({ url });
const sentTo = (server: HostileServer) => server.received.map(({ method, url, body }) => [method, url, body]);

describe('approvals', () => {
  it('are listed page by page, described, and answered again until somebody says that it is durable', async () => {
    const pages = [json(200, { approvals: [approval], next: 'r1.2' }), json(200, { approvals: [{ ...approval, id: 'r2.2' }] })];
    await using server = await HostileServer.open(...pages, json(200, approval), drop, accepted);
    const client = clientOf(server);
    const ids: string[] = [];
    for await (const { id } of client.approvals({ assignee: 'ada' })) ids.push(id);
    expect(ids).toEqual(['r1.2', 'r2.2']);
    expect(await client.approval('r1.2')).toEqual(approval);
    await client.answerApproval('r1.2', { isApproved: true }, { answeredBy: 'ada' });
    const answer = ['POST', '/approvals/r1.2/answer', { answer: { isApproved: true }, answeredBy: 'ada' }];
    expect(sentTo(server)).toEqual([
      ['GET', '/approvals?assignee=ada&limit=200', undefined],
      ['GET', '/approvals?assignee=ada&cursor=r1.2&limit=200', undefined],
      ['GET', '/approvals/r1.2', undefined],
      answer,
      answer,
    ]);
  });
});

describe('a token', () => {
  it('brings a result, a failure and heartbeats, and may be used again when nobody answers', async () => {
    await using server = await HostileServer.open(drop, accepted, accepted, accepted, accepted);
    const client = clientOf(server);
    await client.completeActivity('t', { receipt: 7 });
    await client.failActivity('t', new TypeError('deep', { cause: new Error('deeper') }));
    const failure = { type: 'Declined', message: 'no money', nonRetryable: true, details: { code: 51 }, attempt: 2 };
    await client.failActivity('t', failure);
    await client.heartbeatActivity('t', { page: 7 });
    const { attempt: _, ...sent } = failure;
    expect(sentTo(server)).toEqual([
      ['POST', '/tokens/t/complete', { receipt: 7 }],
      ['POST', '/tokens/t/complete', { receipt: 7 }],
      ['POST', '/tokens/t/fail', { type: 'TypeError', message: 'deep', cause: { type: 'Error', message: 'deeper' } }],
      ['POST', '/tokens/t/fail', sent],
      ['POST', '/tokens/t/heartbeat', { page: 7 }],
    ]);
  });

  it('of an attempt that is over is refused', async () => {
    await using server = await HostileServer.open(problem(409, 'MARATHON_ATTEMPT_OVER', { workflowId: 'o' }));
    await expect(clientOf(server).completeActivity('t')).rejects.toMatchObject({ code: 'MARATHON_ATTEMPT_OVER', workflowId: 'o' });
  });
});
