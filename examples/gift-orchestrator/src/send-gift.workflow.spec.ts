import { expect, it } from '@jest/globals';
import { TestEnvironment } from '@marathon/testing';
import { workflowOf } from '@marathon/workflow';
import { GiftNotes } from './gift-notes.js';
import { type GiftActivities, SendGiftWorkflow } from './send-gift.workflow.js';

it('sends a gift with a note', async () => {
  const sendGift = workflowOf(new SendGiftWorkflow(new GiftNotes()));
  const environment = new TestEnvironment<GiftActivities>({
    workflows: [sendGift],
    activities: { 'wrap-gift': ({ note }) => ({ parcel: 'parcel-1', label: note }) },
  });
  const gift = await environment.start(sendGift, { input: { what: 'tea', to: 'Ada' } });
  expect(await gift.result()).toBe('parcel-1: for Ada, with love');
});
