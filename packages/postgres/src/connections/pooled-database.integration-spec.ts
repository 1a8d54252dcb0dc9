import { expect, it } from '@jest/globals';
import { SearchTooSlowError } from '@marathon/core';
import { useTestServer } from '../../test/test-server.js';
import { PooledDatabase } from './pooled-database.js';

const server = useTestServer();

it('gives a search up that takes too long, says so, and goes on', async () => {
  const database = await server().createDatabase();
  const searches = new PooledDatabase(database.connectionString, { poolSize: 1, statementTimeoutMs: 50 });
  const asleep = { name: 'search', text: 'select pg_sleep(60)', isBounded: true };
  await expect(searches.query(asleep, [])).rejects.toBeInstanceOf(SearchTooSlowError);
  expect(await searches.query({ name: 'ping', text: 'select 1 as one' }, [])).toEqual([{ one: 1 }]);
  await searches.close();
  await database.release();
});
