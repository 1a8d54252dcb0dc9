import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { ApiClient } from '../api/api-client.js';
import { TestCluster, type TestClusterOptions } from './test-cluster.js';

const timeoutMs = 240_000;

/** A cluster while the tests of a suite run, and for each test a client of its first gateway. */
export function useCluster(options: TestClusterOptions): { readonly system: TestCluster; readonly api: ApiClient } {
  const system = new TestCluster(options);
  let api: ApiClient | undefined;
  beforeAll(() => system.start(), timeoutMs);
  afterAll(() => system.stop(), timeoutMs);
  beforeEach(() => {
    api = new ApiClient(system.url);
  });
  afterEach(() => api?.close());
  return {
    system,
    get api() {
      if (!api) throw new Error('the cluster serves within tests only');
      return api;
    },
  };
}
