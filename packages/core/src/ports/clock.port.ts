/** Time as the engine sees it. A test's clock stands still until it is moved. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once, not before `atMs`. The returned function cancels it; cancelling twice, or too late, is fine. */
  at(atMs: number, action: () => void): () => void;
}
