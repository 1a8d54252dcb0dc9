import { query, signal, workflow } from '@marathon/workflow';

export interface Message {
  readonly from: 'person' | 'agent';
  readonly text: string;
}

export interface AgentActivities {
  /** Calls the language model: what to say next, after all that was said. */
  complete(messages: readonly Message[]): Promise<string>;
  /** A few messages that stand for all of them. */
  summarize(messages: readonly Message[]): Promise<readonly Message[]>;
}

export const say = signal<{ readonly text: string; readonly isLast?: boolean }>('say');
export const transcript = query<readonly Message[]>('transcript');

/** Taken by a run before it goes on as a new one: no history grows without end. */
const turnsMax = 20;

/** A talk between a person and an agent, which may go on for years. */
export const conversation = workflow(
  'conversation',
  { signals: [say], queries: [transcript] },
  async (ctx, before: readonly Message[] | undefined): Promise<{ readonly turns: number }> => {
    const { complete, summarize } = ctx.activities<AgentActivities>({ startToCloseTimeout: '5m' });
    const messages = [...(before ?? [])];
    ctx.onQuery(transcript, () => messages);
    for (let turn = 1; turn <= turnsMax; turn++) {
      // What is said while the agent thinks waits here; what nobody has taken by the end goes along to the next run.
      const { text, isLast = false } = await ctx.waitForSignal(say);
      messages.push({ from: 'person', text });
      messages.push({ from: 'agent', text: await complete(messages) });
      if (isLast) return { turns: messages.length / 2 };
    }
    return ctx.continueAsNew(await summarize(messages));
  },
);
