import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type AgentActivities, conversation, say, transcript } from './conversation.workflow.js';

/** The agent thinks for two seconds: what is said meanwhile has to wait. */
const world = () =>
  createTestEnvironment<AgentActivities>({
    workflows: [conversation],
    activities: {
      complete: async (messages, { sleep }) => {
        await sleep('2s');
        return `You said: ${messages.at(-1)?.text}`;
      },
      summarize: (messages) => messages.slice(-2),
    },
  });

it('answers what is said, and knows what was said before', async () => {
  const env = world();
  const talk = await env.start(conversation);
  await talk.signal(say, { text: 'hello' });
  await env.advance('2s');
  expect(await talk.query(transcript)).toEqual([
    { from: 'person', text: 'hello' },
    { from: 'agent', text: 'You said: hello' },
  ]);
  await talk.signal(say, { text: 'bye', isLast: true });
  expect(await talk.result()).toEqual({ turns: 2 });
  expect(env.calls('complete').at(-1)?.input).toHaveLength(3);
});

it('goes on as a new run after 20 turns, and loses nothing of what was said by then', async () => {
  const env = world();
  const talk = await env.start(conversation, { workflowId: 'talk-1' });
  for (let turn = 1; turn <= 25; turn++) await talk.signal(say, { text: `${turn}` });
  await talk.signal(say, { text: 'bye', isLast: true });
  expect(await talk.result()).toEqual({ turns: 7 });
  expect(await talk.query(transcript)).toContainEqual({ from: 'person', text: '20' });
  expect((await talk.history()).events.length).toBeLessThan(100);
  expect(env.calls('complete')).toHaveLength(26);
});
