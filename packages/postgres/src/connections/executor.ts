/** A statement as it is prepared: `name` stands for `text` on a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** A write whose connection is lost may have happened; a read is simply asked again. */
  readonly isWrite?: boolean;
  /** A search that somebody thought up: it may take too long. */
  readonly isBounded?: boolean;
}

/** Runs statements, each as a commit of its own. */
export interface Executor {
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
}
