import type { Stream } from '@marathon/core';

/** One stream that runs. Tests name topics and groups of their own, so that worlds may share a medium. */
export interface StreamWorld {
  readonly stream: Stream;
  /** The largest message that it takes, in bytes of UTF-8. */
  readonly messageBytesMax: number;
  close(): Promise<void>;
}

/** Gives every test a world of its own, in which a new topic has at least two partitions. */
export type StreamSetup = () => Promise<StreamWorld>;
