import type { TypedEvent } from '../history/event.js';
import { decodePayload, encodePayload } from '../payload.js';
import type { NewEvent } from '../run/new-event.js';
import { InvalidCommandError } from './errors.js';
import { failureOf } from './failure-of.js';
import { ReadOnlyHandlerError } from './look.js';

export interface UpdateHandler {
  readonly handle: (input: unknown) => unknown;
  /** Throws when the update must not be taken up. */
  readonly validate: ((input: unknown) => unknown) | undefined;
}

/** How an update ended: an event of its run. */
export type UpdateAnswer = Extract<NewEvent, { type: 'UpdateCompleted' | 'UpdateFailed' | 'UpdateRejected' }>;

/** The run whose updates they are. */
export interface UpdatedRun {
  /** @param call as its author wrote it */
  perform(call: string, handler: () => Promise<void>): void;
  /** Runs a handler that may only look. @throws what it threw */
  look(what: string, handler: () => unknown): void;
  answer(answer: UpdateAnswer): void;
}

/** Updates that came, and the handlers that take them up. Those that come before their handler wait for it. */
export class UpdateHandlers {
  private readonly handlers = new Map<string, UpdateHandler>();
  private readonly waiting = new Map<string, TypedEvent<'UpdateReceived'>[]>();

  constructor(private readonly run: UpdatedRun) {}

  get isAwaited(): boolean {
    return this.handlers.size > 0;
  }

  get names(): readonly string[] {
    return [...this.handlers.keys()].sort();
  }

  has(name: string): boolean {
    return this.handlers.has(name);
  }

  /** @throws InvalidCommandError when the name has a handler. */
  register(name: string, handler: UpdateHandler): void {
    if (this.handlers.has(name)) throw new InvalidCommandError(`update "${name}" has a handler already: register one for a name`);
    this.handlers.set(name, handler);
    const waiting = this.waiting.get(name) ?? [];
    this.waiting.delete(name);
    for (const update of waiting) this.begin(update, handler);
  }

  deliver(update: TypedEvent<'UpdateReceived'>): void {
    const { name, failure } = update.data;
    if (failure) return this.run.answer({ type: 'UpdateRejected', data: { updateSeq: update.seq, failure } });
    const handler = this.handlers.get(name);
    if (handler) this.begin(update, handler);
    else this.waiting.set(name, [...(this.waiting.get(name) ?? []), update]);
  }

  private begin(update: TypedEvent<'UpdateReceived'>, handler: UpdateHandler): void {
    this.run.perform(`ctx.onUpdate("${update.data.name}")`, async () =>
      this.run.answer(this.refusal(update, handler) ?? (await answerOf(update, handler))),
    );
  }

  /** Nothing when the validator lets it pass. */
  private refusal({ seq, data: { name }, payload }: TypedEvent<'UpdateReceived'>, { validate }: UpdateHandler): UpdateAnswer | undefined {
    if (!validate) return undefined;
    const what = `the validator of update "${name}"`;
    try {
      this.run.look(what, () => validate(decodePayload(payload)));
      return undefined;
    } catch (thrown) {
      const type = thrown instanceof ReadOnlyHandlerError ? 'UpdateFailed' : 'UpdateRejected';
      return { type, data: { updateSeq: seq, failure: failureOf(thrown) } };
    }
  }
}

/** What the handler makes of it. What it throws is told to who sent the update, and is no failure of the run. */
async function answerOf({ seq, data: { name }, payload }: TypedEvent<'UpdateReceived'>, { handle }: UpdateHandler): Promise<UpdateAnswer> {
  const data = { updateSeq: seq };
  try {
    const result = encodePayload(await handle(decodePayload(payload)), `the result of update "${name}"`);
    return result === undefined ? { type: 'UpdateCompleted', data } : { type: 'UpdateCompleted', data, payload: result };
  } catch (thrown) {
    return { type: 'UpdateFailed', data: { ...data, failure: failureOf(thrown) } };
  }
}
