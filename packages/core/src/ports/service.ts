/** What runs in the background. `stop` waits until it has stopped; stopping twice, or before the start, is fine. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}
