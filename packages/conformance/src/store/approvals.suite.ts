import { describe, expect, it } from '@jest/globals';
import type { ApprovalChanges, ApprovalQuery, OpenApproval } from '@marathon/core';
import { advance, completion, namespace, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeApprovals(name: string, setup: StoreSetup): void {
  describe(`approvals: ${name}`, () => {
    const fixture = useFixture(setup);
    const list = (query: Partial<ApprovalQuery> = {}) => fixture().world.reader.listApprovals({ namespace, limit: 100, ...query });
    const seqs = async (query: Partial<ApprovalQuery> = {}) => (await list(query)).map(({ activitySeq }) => activitySeq);

    const asked = (activitySeq: number, assignee?: string): OpenApproval => ({
      activitySeq,
      title: `question ${activitySeq}`,
      assignee,
      openedAtMs: 1_763_715_600_123,
      deadlineMs: activitySeq === 2 ? 1_763_715_700_456 : undefined,
      escalation: assignee === 'ada' ? { atMs: 1_763_715_650_789, assignee: 'boss' } : undefined,
    });
    const changes = (opened: readonly OpenApproval[], closed: readonly number[] = []): { readonly approvals: ApprovalChanges } => ({
      approvals: { opened, closed },
    });

    it('are listed with their runs, in order, from the commit that opens them to that which closes them', async () => {
      const [first, second] = await fixture().startRuns(2);
      await fixture().commit(advance(second!, changes([asked(2)])), advance(first!, changes([asked(3, 'ada'), asked(2, 'ada')])));

      const { runId, workflowId } = first!;
      expect((await list())[0]).toEqual({ runId, workflowId, workflow: 'order', ...asked(2, 'ada') });
      expect(await seqs()).toEqual([2, 3, 2]);
      expect(await seqs({ limit: 2 })).toEqual([2, 3]);
      expect(await seqs({ after: { runId, activitySeq: 2 } })).toEqual([3, 2]);
      expect(await seqs({ assignee: 'ada' })).toEqual([2, 3]);
      expect(await seqs({ assignee: 'ada', after: { runId, activitySeq: 3 } })).toEqual([]);
      expect(await seqs({ namespace: 'other' })).toEqual([]);

      await fixture().commit(
        advance(first!, { expectedSeq: 2, ...changes([], [2]) }),
        completion(second!, { expectedSeq: 2, ...changes([], [2]) }),
      );
      expect(await seqs()).toEqual([3]);
    });

    it('change their assignee, and escalate no more', async () => {
      const run = await fixture().startRun();
      await fixture().commit(advance(run, changes([asked(2, 'ada')])));
      await fixture().commit(advance(run, { expectedSeq: 2, ...changes([asked(2, 'boss')]) }));

      expect(await seqs({ assignee: 'ada' })).toEqual([]);
      expect(await list({ assignee: 'boss' })).toMatchObject([{ activitySeq: 2, escalation: undefined }]);
    });

    it('are left as they are by an advance that is refused, and by one that says nothing of them', async () => {
      const run = await fixture().startRun();
      await fixture().commit(advance(run, changes([asked(2)])));
      await fixture().commit(advance(run, { expectedSeq: 9, ...changes([asked(3)], [2]) }));
      await fixture().commit(advance(run, { expectedSeq: 2 }));

      expect(await seqs()).toEqual([2]);
    });
  });
}
