import type { WorkflowContext } from '@marathon/workflow';
import {
  ApprovalTimedOutError,
  ChildWorkflowFailedError,
  ExternalWorkflowClosedError,
  ExternalWorkflowNotFoundError,
  StepFailedError,
  signal,
} from '@marathon/workflow';

/** What a generated workflow has to do with others: its handlers, its children, other runs. */
export type Exchange =
  /** Takes signals in a handler with work in it, and waits until so many are worked on, or goes on at once. */
  | { readonly do: 'handler'; readonly signals: number; readonly waits: boolean }
  /** Has a child that waits for what its parent tells it. */
  | { readonly do: 'told-child'; readonly value: number }
  | { readonly do: 'canceled-child' }
  /** Tells another planned run something, whether it is there or not. */
  | { readonly do: 'signal-other'; readonly to: number }
  /** Asks a person, who may answer in time. */
  | { readonly do: 'approval'; readonly deadlineMs: number | undefined; readonly escalates: boolean }
  /** Attempts are ended by others, who have their tokens. */
  | { readonly do: 'later'; readonly afterMs: number; readonly fails: boolean; readonly items: number }
  /** More than a history holds, given and taken. */
  | { readonly do: 'large'; readonly through: 'activity' | 'step' | 'signal' | 'child' | 'result' }
  /** Never ends by itself. */
  | { readonly do: 'hasty-step' };

export const untilDone = { attemptsMax: 10_000, initialInterval: 10, intervalMax: 1_000 };

export async function interpretExchange(ctx: WorkflowContext, program: Exchange, path: string): Promise<unknown> {
  switch (program.do) {
    case 'handler': {
      const taken: unknown[] = [];
      let done = 0;
      ctx.onSignal(signal<unknown>(path), async (content) => {
        taken.push(content);
        await work(ctx, content).finally(() => done++);
      });
      if (!program.waits) return 'handler';
      await ctx.condition(() => done >= program.signals);
      return taken;
    }
    case 'told-child': {
      const { value } = program;
      const labels = { memo: { value }, searchAttributes: { value } };
      const child = await ctx.startChild('interpreter', { input: { program: { do: 'signal' }, generations: 0 }, ...labels });
      await child.signal('0', path);
      return child.result();
    }
    case 'canceled-child': {
      const child = await ctx.startChild('interpreter', { input: { program: { do: 'sleep', ms: 3_600_000 }, generations: 0 } });
      await child.cancel('enough');
      return child.result().catch((error) => (error instanceof ChildWorkflowFailedError ? error.status : Promise.reject(error)));
    }
    case 'signal-other':
      await ctx
        .handle(`w${program.to}`)
        .signal('stray', path)
        .catch((error) => (isNobody(error) ? undefined : Promise.reject(error)));
      return 'told';
    case 'approval': {
      const { deadlineMs, escalates } = program;
      const deadline = deadlineMs === undefined ? {} : { deadline: deadlineMs };
      const escalation = escalates ? { escalation: { after: 1_000, assignee: 'bo' } } : {};
      const answer = ctx.approval({ title: path, assignee: 'ada', ...deadline, ...escalation });
      if (deadlineMs === undefined) return answer;
      return answer.then(
        () => 'hasty approval',
        (error) => (error instanceof ApprovalTimedOutError ? 'hasty approval' : Promise.reject(error)),
      );
    }
    case 'later': {
      const { afterMs, fails, items } = program;
      if (items === 0) return ctx.activity('later', { afterMs, fails }, { retry: untilDone, heartbeatTimeout: '20s' });
      return ctx.map(
        Array.from({ length: items }, (_, i) => ({ afterMs: afterMs + i, fails })),
        'later',
        { concurrency: 2, retry: untilDone },
      );
    }
    case 'large':
      return interpretLarge(ctx, program.through, path);
    case 'hasty-step': {
      const limits = { startToCloseTimeout: 1_000, retry: { attemptsMax: 2, initialInterval: 100 } };
      return ctx
        .run(path, () => new Promise(() => {}), limits)
        .catch((error) => {
          if (error instanceof StepFailedError) return 'hasty step';
          throw error;
        });
    }
  }
}

/** 300 Ki characters. */
export const large = 'x'.repeat(300 * 1_024);
/** What a signal is called that brings as much. */
export const largeSignal = (path: string) => `large ${path}`;

async function interpretLarge(
  ctx: WorkflowContext,
  through: Extract<Exchange, { do: 'large' }>['through'],
  path: string,
): Promise<unknown> {
  const lengthOf = (text: unknown) => (text as string).length;
  switch (through) {
    case 'activity':
      return lengthOf(await ctx.activity('echo', `${large}${path}`, { retry: untilDone }));
    case 'step':
      return lengthOf(await ctx.run(path, () => large));
    case 'signal':
      return lengthOf(await ctx.waitForSignal(largeSignal(path)));
    case 'child': {
      const child = await ctx.startChild('interpreter', { input: { program: { do: 'signal' }, generations: 0 } });
      await child.signal('0', `${large}${path}`);
      return lengthOf(await child.result());
    }
    case 'result':
      return ctx.run(path, () => large);
  }
}

/** What handlers do. */
export async function work(ctx: WorkflowContext, input: unknown): Promise<unknown> {
  const result = await ctx.activity('echo', input, { retry: untilDone });
  return ctx.run('worked', () => result);
}

const isNobody = (error: unknown) => error instanceof ExternalWorkflowNotFoundError || error instanceof ExternalWorkflowClosedError;
