import { EmbeddedSystem } from './embedded-system.js';

/** What the scenarios are run against. They know its address and nothing else of it. */
export interface SystemUnderTest {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The system at `MARATHON_URL`, which has the workflows and activities of the fixtures and is left as it is; without that variable
 * one that is started for the purpose, in one process.
 */
export function systemUnderTest(url: string | undefined = process.env.MARATHON_URL): SystemUnderTest {
  if (url === undefined || url === '') return new EmbeddedSystem();
  return { url: url.replace(/\/$/, ''), start: async () => {}, stop: async () => {} };
}
