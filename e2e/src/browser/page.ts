// What runs in the page: a user's code, with the client and the definitions that it shares with the workflow.
import { MarathonClient } from '@marathon/client';
import { add, close, count, tally, total } from './tally.workflow.js';

export interface Page {
  /** All that a client does with a workflow, one after the other, and what came of it. */
  talk(url: string): Promise<{ readonly queried: number; readonly added: number; readonly result: number }>;
  /** Starts one and follows it from then on; `seen` grows. */
  follow(url: string, workflowId: string): Promise<void>;
  readonly seen: { readonly seq: number; readonly type: string }[];
}

const seen: { seq: number; type: string }[] = [];

const page: Page = {
  seen,
  async talk(url) {
    const handle = await new MarathonClient({ url }).start(tally);
    await handle.signal(count, 3);
    const added = await handle.update(add, 4);
    const queried = await handle.query(total);
    await handle.signal(close);
    return { queried, added, result: await handle.result() };
  },
  async follow(url, workflowId) {
    const handle = await new MarathonClient({ url }).start(tally, { workflowId });
    for await (const { seq, type } of handle.events()) seen.push({ seq, type });
  },
};
Object.assign(globalThis, { page });
