import { Workflow, type WorkflowContext } from '@marathon/workflow';
import { GiftNotes } from './gift-notes.js';

/** What the worker offers. */
export interface GiftActivities {
  'wrap-gift'(gift: { readonly what: string; readonly note: string }): Promise<{ readonly parcel: string; readonly label: string }>;
}

/** Sends a gift to somebody: the note is made here, the parcel by a worker. */
@Workflow('send-gift')
export class SendGiftWorkflow {
  constructor(private readonly notes: GiftNotes) {}

  async run(ctx: WorkflowContext, { what, to }: { readonly what: string; readonly to: string }): Promise<string> {
    const { 'wrap-gift': wrap } = ctx.activities<GiftActivities>();
    const { parcel, label } = await wrap({ what, note: this.notes.noteFor(to) });
    return `${parcel}: ${label}`;
  }
}
