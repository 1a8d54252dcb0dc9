import { signal, update, type WorkflowContext, workflow } from '@marathon/workflow';
import { z } from 'zod';

interface Profile {
  readonly name: string;
}

const rename = update<number, Profile>('rename');

/** Ends with the names that it has had. */
const code = async (ctx: WorkflowContext, { name }: Profile) => {
  const names = [name];
  ctx.onUpdate(rename, (other) => names.push(other.name));
  await ctx.waitForSignal('close');
  return names;
};

const Named = z.object({ name: z.string().min(1) });

export const lenientProfile = workflow('e2e.profile', code);
export const strictProfile = workflow(
  'e2e.profile',
  { input: Named, signals: [signal('note', Named)], updates: [update<number, Profile>('rename', Named)] },
  code,
);
