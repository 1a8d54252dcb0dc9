import { describe, expect, it } from '@jest/globals';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

interface Approval {
  readonly id: string;
  readonly title: string;
  readonly assignee?: string;
  readonly workflowId: string;
}

const somebody = () => `person-${crypto.randomUUID()}`;

const listOf = async (assignee: string, more = '') =>
  (await system.api.call<{ approvals: readonly Approval[]; next?: string }>('GET', `/approvals?status=open&assignee=${assignee}${more}`))
    .body;

const answer = (id: string, json: unknown) => system.api.call('POST', `/approvals/${id}/answer`, { json });

/** A run that has asked, and the approval. */
async function asked(more: object = {}) {
  const assignee = somebody();
  const run = await system.api.started('e2e.refund', { assignee, ...more });
  await system.api.event(run.workflowId, 'ActivityScheduled');
  const [approval] = (await listOf(assignee)).approvals as [Approval];
  return { ...run, assignee, approval };
}

describe('an approval', () => {
  it('is listed with those of its assignee, described, and answered', async () => {
    const { workflowId, assignee, approval } = await asked({ description: 'It came broken.', deadline: '1h' });
    expect(approval).toMatchObject({ title: 'Refund the order?', assignee, workflowId, workflow: 'e2e.refund', status: 'open' });
    const { body } = await system.api.call('GET', `/approvals/${approval.id}`);
    expect(body).toMatchObject({
      status: 'open',
      description: 'It came broken.',
      schema: { type: 'object' },
      deadline: expect.any(String),
    });

    expect((await answer(approval.id, { answer: { approved: true, amount: 7 }, answeredBy: 'ada' })).status).toBe(202);

    expect((await system.api.outcome(workflowId)).result).toEqual({ approved: true, amount: 7 });
    expect((await listOf(assignee)).approvals).toEqual([]);
    expect((await system.api.call('GET', `/approvals/${approval.id}`)).body).toMatchObject({
      status: 'answered',
      answer: { approved: true, amount: 7 },
      answeredBy: 'ada',
    });
  });

  it('refuses an answer that does not fit its schema, naming where, and stays open', async () => {
    const { workflowId, assignee, approval } = await asked();
    const fieldsOf = async (json: unknown) => {
      const { status, body } = await answer(approval.id, json);
      expect(status).toBe(400);
      return (body as { errors: readonly { field: string; pointer?: string }[] }).errors.map(({ field, pointer = '' }) => field + pointer);
    };
    expect(await fieldsOf({ answer: { approved: 'yes' } })).toEqual(['answer/approved']);
    expect(await fieldsOf({ answer: { approved: true, amount: 1_000 } })).toEqual(['answer/amount']);
    expect(await fieldsOf({})).toEqual(['answer']);
    expect(await fieldsOf({ answer: { approved: true }, by: 'ada' })).toEqual(['by']);
    expect((await listOf(assignee)).approvals).toHaveLength(1);
    await answer(approval.id, { answer: { approved: false } });
    expect((await system.api.outcome(workflowId)).result).toEqual({ approved: false });
  });

  it('has one answer: the same one again is the same, another is refused', async () => {
    const { workflowId, approval } = await asked();
    const yes = { answer: { approved: true } };
    const answers = await Promise.all([answer(approval.id, yes), answer(approval.id, yes)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await system.api.outcome(workflowId);
    expect((await answer(approval.id, yes)).status).toBe(202);
    const detail = 'the approval was answered before';
    expect(await answer(approval.id, { answer: { approved: false } })).toMatchObject({ status: 409, body: { detail } });
  });

  it('ends in the code with an error when its deadline passes', async () => {
    const { workflowId, assignee, approval } = await asked({ deadline: '2s' });
    expect((await system.api.outcome(workflowId)).result).toEqual({ code: 'MARATHON_APPROVAL_TIMED_OUT' });
    expect((await listOf(assignee)).approvals).toEqual([]);
    expect((await system.api.call('GET', `/approvals/${approval.id}`)).body).toMatchObject({ status: 'timed-out' });
    const detail = 'the deadline of the approval has passed';
    expect(await answer(approval.id, { answer: { approved: true } })).toMatchObject({ status: 409, body: { detail } });
  });

  it('says when it becomes another’s, and whose, as long as it is open and has not', async () => {
    const boss = somebody();
    const { workflowId, approval } = await asked({ escalation: { after: '1h', assignee: boss } });
    const escalation = { escalatesAt: expect.any(String), escalatesTo: boss };
    expect(approval).toMatchObject(escalation);
    expect((await system.api.call('GET', `/approvals/${approval.id}`)).body).toMatchObject(escalation);
    await answer(approval.id, { answer: { approved: true } });
    await system.api.outcome(workflowId);
    expect((await system.api.call('GET', `/approvals/${approval.id}`)).body).not.toHaveProperty('escalatesAt');
  });

  it('becomes another’s when nobody answers it in time', async () => {
    const [assignee, boss] = [somebody(), somebody()];
    const { workflowId } = await system.api.started('e2e.refund', { assignee, escalation: { after: '500ms', assignee: boss } });
    await system.api.event(workflowId, 'ApprovalEscalated');
    expect((await listOf(assignee)).approvals).toEqual([]);
    const [approval] = (await listOf(boss)).approvals as [Approval];
    expect(approval).toMatchObject({ assignee: boss, workflowId });
    expect(approval).not.toHaveProperty('escalatesAt');
    await answer(approval.id, { answer: { approved: true } });
    expect((await system.api.outcome(workflowId)).status).toBe('Completed');
  });

  it.each(['cancel', 'terminate'] as const)('is withdrawn when its run is asked to %s', async (verb) => {
    const { workflowId, assignee, approval } = await asked();
    await system.api[verb](workflowId);
    await system.api.outcome(workflowId);
    expect((await listOf(assignee)).approvals).toEqual([]);
    expect((await system.api.call('GET', `/approvals/${approval.id}`)).body).toMatchObject({ status: 'withdrawn' });
    expect((await answer(approval.id, { answer: { approved: true } })).status).toBe(409);
  });

  it('waits beside others of its run, each for its own answer', async () => {
    const assignees = [somebody(), somebody()];
    const { workflowId } = await system.api.started('e2e.four-eyes', { assignees });
    await system.api.event(workflowId, 'ActivityScheduled', { after: 2 });
    const lists = await Promise.all(assignees.map((assignee) => listOf(assignee)));
    for (const [i, { approvals }] of lists.entries()) await answer((approvals[0] as Approval).id, { answer: i });
    expect((await system.api.outcome(workflowId)).result).toEqual([0, 1]);
  });

  it('is listed page by page', async () => {
    const assignee = somebody();
    const { workflowId } = await system.api.started('e2e.four-eyes', { assignees: [assignee, assignee, assignee] });
    await system.api.event(workflowId, 'ActivityScheduled', { after: 3 });
    const first = await listOf(assignee, '&limit=2');
    const second = await listOf(assignee, `&limit=2&cursor=${first.next}`);
    expect([first.approvals.length, second.approvals.length, second.next]).toEqual([2, 1, undefined]);
    await system.api.terminate(workflowId);
  });

  it('is none that nobody asked', async () => {
    for (const id of ['guess', `${crypto.randomUUID()}.2`]) {
      expect(await system.api.call('GET', `/approvals/${id}`)).toMatchObject({
        status: 404,
        body: { code: 'MARATHON_APPROVAL_NOT_FOUND' },
      });
    }
  });
});
