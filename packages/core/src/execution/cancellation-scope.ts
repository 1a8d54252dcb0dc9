import { AsyncLocalStorage } from './async-local-storage.js';

// What code asks for belongs to the scope that it asks in; the run itself is the outermost.
//   C1  Canceling a scope rejects what the code waits for in it and in the scopes within, but for those behind a shield.
//   C2  A cancellation is delivered once. One that finds nothing but shields is delivered with what the code asks for next.
//   C3  Handlers of signals and updates belong to the run, wherever they are registered: what came before that is no other than what comes later.
//   C4  A scope follows its code through every await. It says what is canceled together; whose command it is, the turn says.

/** Some of the code of a run, for its cancellation. */
export class CancellationScope {
  /** A cancellation that is not delivered yet (C2). */
  owed: Error | undefined;

  constructor(
    private readonly parent?: CancellationScope,
    private readonly isShield = false,
  ) {}

  /** Whether a cancellation of `scope` reaches what was asked for here. */
  isWithin(scope: CancellationScope): boolean {
    return this === scope || this.outer?.isWithin(scope) === true;
  }

  /** What is owed to whoever asks for something here: taken once. */
  takeOwed(): Error | undefined {
    const { owed } = this;
    this.owed = undefined;
    return owed ?? this.outer?.takeOwed();
  }

  /** The outermost one, shields or not. */
  get root(): CancellationScope {
    return this.parent?.root ?? this;
  }

  /** The next scope whose cancellation is one of this. */
  private get outer(): CancellationScope | undefined {
    return this.isShield ? undefined : this.parent;
  }
}

const storage = new AsyncLocalStorage<CancellationScope>();

/** The scopes of a run. */
export class CancellationScopes {
  readonly run = new CancellationScope();
  /** Runs without scopes need not ask whose code it is. */
  private areOpened = false;

  /** The one of the code that is executing. */
  get current(): CancellationScope {
    const scope = this.areOpened ? storage.getStore() : undefined;
    return scope?.root === this.run ? scope : this.run;
  }

  open(isShield: boolean): CancellationScope {
    this.areOpened = true;
    return new CancellationScope(this.current, isShield);
  }

  /** Executes code in a scope, what it throws at once included. */
  async perform<Result>(scope: CancellationScope, body: () => Result | Promise<Result>): Promise<Result> {
    return storage.run(scope, body);
  }

  /** Executes code that belongs to the run, and not to the scope that it is called in (C3). */
  leave<Result>(body: () => Result): Result {
    return this.areOpened ? storage.run(this.run, body) : body();
  }
}
