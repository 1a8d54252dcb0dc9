import {
  ActivityFailedError,
  ActivityTimedOutError,
  type ChildOptions,
  ChildWorkflowFailedError,
  MapItemFailedError,
  query,
  type StepAttempt,
  signal,
  update,
  WorkflowCanceledError,
  type WorkflowContext,
  workflow,
} from '@marathon/workflow';
import { type Exchange, interpretExchange, largeSignal, untilDone, work } from './exchange.js';

/**
 * What a generated workflow does. Its result depends on nothing but the program: where the outcome of a race is a matter of time,
 * it is thrown away.
 */
export type Program =
  | Exchange
  | { readonly do: 'activity'; readonly activity: 'echo' | 'flaky' | 'beats'; readonly value: number }
  /** As many items as it says, a few at a time. */
  | { readonly do: 'map'; readonly activity: 'echo' | 'flaky' | 'beats'; readonly items: number; readonly concurrency: number }
  /** Of its items some fail for good: that is the outcome of the map, or of the items. */
  | { readonly do: 'failing-map'; readonly settle: boolean }
  /** Waits for its turn with all others. */
  | { readonly do: 'limited-activity'; readonly activity: 'echo' | 'flaky' | 'beats'; readonly value: number }
  /** Fails for good, at once or after its attempts. */
  | { readonly do: 'failing-activity'; readonly activity: 'fatal' | 'worn' }
  /** May or may not be finished in its time. */
  | { readonly do: 'hasty-activity' }
  | { readonly do: 'step'; readonly value: number; readonly fails: boolean }
  /** Is tried again until its third attempt, or fails with that. */
  | { readonly do: 'retried-step'; readonly fails: boolean }
  | { readonly do: 'sleep'; readonly ms: number }
  /** Waits for a signal that nobody else waits for. */
  | { readonly do: 'signal' }
  /** Has another run do something. */
  | {
      readonly do: 'child';
      readonly does: Program;
      readonly generations: number;
      readonly options: Pick<ChildOptions, 'cancellation' | 'parentClosePolicy' | 'concurrency'>;
    }
  /** Waits until an activity that nobody awaits has ended, for long enough or not. */
  | { readonly do: 'condition'; readonly timeoutMs: number | undefined }
  /** In a scope that may be canceled before it is done, by its time-out. */
  | { readonly do: 'scope'; readonly timeoutMs: number; readonly body: Program }
  | { readonly do: 'shield'; readonly body: Program }
  /** Compensates when its body fails. */
  | { readonly do: 'saga'; readonly body: Program }
  /** Says where it stands. */
  | { readonly do: 'label'; readonly value: number }
  /** Gives random numbers, ids and time as input to an activity. */
  | { readonly do: 'chance' }
  | { readonly do: 'throw' }
  /** Does what no replay can repeat, until the code is mended: awaits what is not durable, or changes something where it may only look. */
  | { readonly do: 'guilty'; readonly ofChange: boolean }
  | { readonly do: 'sequence' | 'all' | 'settled' | 'race' | 'any'; readonly of: readonly Program[] }
  | { readonly do: 'loop'; readonly times: number; readonly body: Program }
  | { readonly do: 'try'; readonly body: Program; readonly rescue: Program };

export interface ProgramInput {
  readonly program: Program;
  /** How often the run continues as new before it ends. */
  readonly generations: number;
  /** Has work to do for signals that come while it closes. */
  readonly takesLate?: boolean;
}

const echoed = update<unknown, unknown>('echo');
const late = signal<unknown>('late');
const running = query<Program>('program');

const mustBeWelcome = (value: unknown) => {
  if (value === 'unwelcome') throw new Error('not this');
};

/** Runs whatever program it is given. */
export const interpreter = workflow('interpreter', async (ctx, input: ProgramInput): Promise<unknown> => {
  const { program, generations, takesLate } = input;
  ctx.onUpdate(echoed, (value) => work(ctx, value), { validate: mustBeWelcome });
  if (takesLate) ctx.onSignal(late, async (content) => void (await work(ctx, content)));
  ctx.onQuery(running, () => program);
  const result = await interpret(ctx, program, `${generations}`);
  return generations > 0 ? ctx.continueAsNew({ ...input, generations: generations - 1 }) : result;
});

/** What the activities of programs do. */
export const activities = {
  echo: (input: unknown) => input,
  beats: (input: unknown) => input,
  flaky: (input: unknown, attempt: number) => {
    if (attempt < 3) throw new Error(`attempt ${attempt} fails`);
    return input;
  },
  odd: (input: unknown) => {
    if (input === 1) throw new Error('odd');
    return input;
  },
  fatal: () => {
    throw Object.assign(new Error('for good'), { nonRetryable: true });
  },
  worn: (_: unknown, attempt: number) => {
    throw new Error(`attempt ${attempt} fails`);
  },
};

/** The signals that a run of the program waits for, in all its generations. */
export function signalsOf({ program, generations }: ProgramInput): readonly string[] {
  return Array.from({ length: generations + 1 }, (_, generation) => signalNames(program, `${generation}`)).flat();
}

function signalNames(program: Program, path: string): readonly string[] {
  switch (program.do) {
    case 'signal':
      return [path];
    case 'large':
      return program.through === 'signal' ? [largeSignal(path)] : [];
    case 'handler':
      return Array.from({ length: program.signals }, () => path);
    case 'loop':
      return Array.from({ length: program.times }, (_, i) => signalNames(program.body, `${path}.${i}`)).flat();
    case 'scope':
    case 'shield':
    case 'saga':
      return signalNames(program.body, path);
    case 'try':
      return [...signalNames(program.body, `${path}.body`), ...signalNames(program.rescue, `${path}.rescue`)];
    case 'sequence':
    case 'all':
    case 'settled':
    case 'race':
    case 'any':
      return program.of.flatMap((part, i) => signalNames(part, `${path}.${i}`));
    default:
      return [];
  }
}

export function isGuilty(program: Program): boolean {
  if (program.do === 'guilty') return true;
  if ('of' in program) return program.of.some(isGuilty);
  return 'body' in program && (isGuilty(program.body) || ('rescue' in program && isGuilty(program.rescue)));
}

/** True once somebody has mended the code that is guilty. */
export const code = { isMended: false };

const foreign = () => new Promise((resolve) => setImmediate(resolve));

export const sharedLimit = { key: 'shared', limit: 2 };

async function interpret(ctx: WorkflowContext, program: Program, path: string): Promise<unknown> {
  switch (program.do) {
    case 'activity': {
      const timeouts = program.activity === 'beats' ? ({ heartbeatTimeout: '6s', startToCloseTimeout: '30s' } as const) : {};
      return ctx.activity(program.activity, program.value, { retry: untilDone, ...timeouts });
    }
    case 'map': {
      const timeouts = program.activity === 'beats' ? ({ heartbeatTimeout: '6s', startToCloseTimeout: '30s' } as const) : {};
      const { items, concurrency } = program;
      return ctx.map(
        Array.from({ length: items }, (_, i) => ({ path, i })),
        program.activity,
        { concurrency, retry: untilDone, ...timeouts },
      );
    }
    case 'failing-map': {
      const options = { concurrency: 2, retry: { attemptsMax: 2, initialInterval: 100 } };
      const outcomes = ctx.map([0, 1, 2], 'odd', { ...options, settle: program.settle });
      return outcomes.then((all) => all.map((outcome) => (outcome as { ok: boolean }).ok)).catch(hideDetails);
    }
    case 'limited-activity': {
      const limits = { concurrency: sharedLimit, priority: (program.value % 5) + 1, fairnessKey: `${program.value % 2}` };
      const rate = program.value > 5 ? { rateLimit: { limit: 10, per: '1s' as const } } : {};
      return ctx.activity(program.activity, program.value, { retry: untilDone, heartbeatTimeout: '6s', ...limits, ...rate });
    }
    case 'failing-activity':
      return ctx.activity(program.activity, undefined, { retry: { attemptsMax: 3, initialInterval: 100 } }).catch(hideDetails);
    case 'hasty-activity':
      return ctx
        .activity('echo', 0, { scheduleToCloseTimeout: '3s', scheduleToStartTimeout: '1s' })
        .then(() => 'hasty')
        .catch((error) => (isOfActivity(error) ? 'hasty' : Promise.reject(error)));
    case 'step': {
      const { value, fails } = program;
      return ctx.run(path, () => (fails ? Promise.reject(new Error('failed step')) : value), { input: value });
    }
    case 'retried-step': {
      const stubborn = ({ attempt }: StepAttempt) => {
        if (program.fails || attempt < 3) throw new Error('failed step');
        return attempt;
      };
      return ctx.run(path, stubborn, { retry: { attemptsMax: 3, initialInterval: 200 }, startToCloseTimeout: '1m' });
    }
    case 'sleep':
      return ctx.sleep(program.ms);
    case 'signal':
      return ctx.waitForSignal(path);
    case 'child': {
      const input: ProgramInput = { program: program.does, generations: program.generations };
      const failed = (error: unknown) => (error instanceof ChildWorkflowFailedError ? new Error('failed child') : error);
      return ctx.child('interpreter', { input, ...program.options }).catch((error) => Promise.reject(failed(error)));
    }
    case 'condition': {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      ctx.activity('echo', 0, { retry: untilDone }).then(done, done);
      await (program.timeoutMs === undefined ? ctx.condition(() => isDone) : ctx.condition(() => isDone, program.timeoutMs));
      return 'condition';
    }
    case 'label':
      ctx.setStatus(`at ${path}`);
      ctx.upsertMemo({ [`${program.value}`]: path });
      ctx.upsertSearchAttributes({ value: program.value });
      return 'label';
    case 'chance':
      await ctx.activity('echo', [ctx.random(), ctx.uuid(), ctx.now()], { retry: untilDone });
      return 'chance';
    case 'guilty':
      if (!code.isMended) await (program.ofChange ? ctx.condition(() => ctx.setStatus('seen') === undefined) : foreign());
      return 'guilty';
    case 'throw':
      throw new Error('thrown');
    default:
      return 'of' in program || 'body' in program ? interpretParts(ctx, program, path) : interpretExchange(ctx, program, path);
  }
}

async function interpretParts(ctx: WorkflowContext, program: Extract<Program, { of: unknown } | { body: unknown }>, path: string) {
  switch (program.do) {
    case 'loop': {
      const results: unknown[] = [];
      for (let i = 0; i < program.times; i++) results.push(await interpret(ctx, program.body, `${path}.${i}`));
      return results;
    }
    case 'scope':
      return ctx
        .scope(() => interpret(ctx, program.body, path), { timeout: program.timeoutMs })
        .then(() => 'scope')
        .catch((error) => (isCancellation(error) ? Promise.reject(error) : 'scope'));
    case 'shield':
      return ctx.shield(() => interpret(ctx, program.body, path));
    case 'saga':
      return ctx.saga(async (saga) => {
        for (const value of [1, 2]) saga.compensate(`${value}`, () => ctx.activity('echo', value, { retry: untilDone }));
        return interpret(ctx, program.body, path);
      });
    case 'try':
      try {
        return await interpret(ctx, program.body, `${path}.body`);
      } catch (error) {
        const rescued = await interpret(ctx, program.rescue, `${path}.rescue`);
        if (error instanceof WorkflowCanceledError) throw error;
        return { rescued };
      }
    case 'sequence': {
      const results: unknown[] = [];
      for (const [i, part] of program.of.entries()) results.push(await interpret(ctx, part, `${path}.${i}`));
      return results;
    }
    default:
      return combine(
        program.do,
        program.of.map((part, i) => interpret(ctx, part, `${path}.${i}`)),
      );
  }
}

async function combine(how: 'all' | 'settled' | 'race' | 'any', branches: readonly Promise<unknown>[]): Promise<unknown> {
  switch (how) {
    case 'all':
      return Promise.all(branches).catch((error) => (isCancellation(error) ? Promise.reject(error) : Promise.reject(new Error('not all'))));
    case 'settled':
      return (await Promise.allSettled(branches)).map(({ status }) => status);
    case 'race':
      await Promise.race(branches).catch((error) => isCancellation(error) && Promise.reject(error));
      return 'raced';
    case 'any':
      await Promise.any(branches);
      return 'any';
  }
}

const isCancellation = (error: unknown) => error instanceof WorkflowCanceledError;
const isOfActivity = (error: unknown) =>
  error instanceof ActivityFailedError || error instanceof ActivityTimedOutError || error instanceof MapItemFailedError;
/** Whether the last of its attempts failed or lost its worker is a matter of time. */
const hideDetails = (error: unknown) => Promise.reject(isOfActivity(error) ? new Error('failed activity') : error);
