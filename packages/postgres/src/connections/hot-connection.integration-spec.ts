import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitOutcomeUnknownError, type Log, StoreUnavailableError } from '@marathon/core';
import { silentLog, type TestDatabase, useTestServer } from '../../test/test-server.js';
import { HotConnection } from './hot-connection.js';
import { StatementFailedError } from './store-errors.js';

const server = useTestServer();

describe('HotConnection', () => {
  let database: TestDatabase;
  let connection: HotConnection;
  let logged: string[];
  beforeEach(async () => {
    database = await server().createDatabase();
    logged = [];
    const log: Log = {
      info: (message) => logged.push(message),
      warn: (message) => logged.push(message),
      error: (message) => logged.push(message),
    };
    connection = new HotConnection({ connectionString: database.connectionString, name: 'hot-under-test', log });
  });
  afterEach(async () => {
    await connection.close();
    await database.release();
  });

  const endSession = () =>
    database.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hot-under-test'`);
  const sessionIsAsleep = async () => {
    for (;;) {
      const [row] = await database.query(
        `select 1 from pg_stat_activity where application_name = 'hot-under-test' and wait_event = 'PgSleep'`,
      );
      if (row) return;
    }
  };
  const ping = { name: 'ping', text: 'select 1 as one' };

  it('plans as prepared statements on growing tables need it', async () => {
    const [settings] = await connection.query(
      {
        name: 'settings',
        text: `select current_setting('enable_seqscan') as seqscan, current_setting('jit') as jit, current_setting('plan_cache_mode') as plans`,
      },
      [],
    );

    expect(settings).toEqual({ seqscan: 'off', jit: 'off', plans: 'force_generic_plan' });
  });

  it('connects again after a loss (H1)', async () => {
    await connection.query(ping, []);
    await endSession();

    expect(await succeeds(() => connection.query(ping, []))).toEqual([{ one: 1 }]);
    expect(logged[0]).toBe('the connection to PostgreSQL was lost');
  });

  it('connects again after many losses in the middle of calls, and loses no session for another’s sake (H1)', async () => {
    const sessions = () => database.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'hot-under-test'`);
    for (let round = 0; round < 20; round++) {
      const calls = Promise.allSettled(Array.from({ length: 5 }, () => connection.query(ping, [])));
      await endSession();
      await calls;
    }

    expect(await succeeds(() => connection.query(ping, []))).toEqual([{ one: 1 }]);
    const [session] = await sessions();
    for (let i = 0; i < 20; i++) expect(await connection.query(ping, [])).toEqual([{ one: 1 }]);
    expect(await sessions()).toContainEqual(session);
  });

  it('rejects a call whose connection is lost: a write as of unknown outcome, a read as unavailable (H3)', async () => {
    for (const isWrite of [true, false]) {
      const call = succeeds(() => connection.query(ping, [])).then(() =>
        connection.query({ name: `sleep_${isWrite}`, text: 'select pg_sleep(600)', isWrite }, []),
      );
      const rejection = call.catch((error: unknown) => error);
      await sessionIsAsleep();
      await endSession();

      expect(await rejection).toBeInstanceOf(isWrite ? CommitOutcomeUnknownError : StoreUnavailableError);
    }
  });

  it('rejects calls while PostgreSQL cannot be reached, and can be closed then (H2)', async () => {
    const lost = new HotConnection({ connectionString: 'postgresql://marathon@127.0.0.1:1/marathon', name: 'nowhere', log: silentLog });

    await expect(lost.query(ping, [])).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(lost.query({ ...ping, isWrite: true }, [])).rejects.toBeInstanceOf(StoreUnavailableError);
    await lost.close();
    await expect(lost.query(ping, [])).rejects.toThrow('closed');
  });

  it('sends again what a deadlock or a serialization failure undid, and gives up in the end (H5)', async () => {
    await database.query(`
      create sequence tries;
      create function fail_until(good bigint) returns bigint language plpgsql as $$
        declare at bigint := nextval('tries');
        begin
          if at < good then raise exception 'not yet' using errcode = case when at % 2 = 0 then '40P01' else '40001' end; end if;
          return at;
        end $$`);
    const attempt = { name: 'fail_until', text: 'select fail_until($1)::int as at', isWrite: true };

    expect(await connection.query(attempt, [4])).toEqual([{ at: 4 }]);
    await expect(connection.query(attempt, [1_000])).rejects.toBeInstanceOf(StoreUnavailableError);
    await database.query('drop function fail_until; drop sequence tries');
  });

  it('says which statement failed, and why', async () => {
    const refusal = await connection.query({ name: 'divide', text: 'select 1 / $1::int' }, [0]).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(StatementFailedError);
    expect(refusal).toMatchObject({ code: 'MARATHON_STATEMENT_FAILED', statement: 'divide', sqlState: '22012', retryable: false });
    expect(await connection.query(ping, [])).toEqual([{ one: 1 }]);
  });

  it('runs calls in their order, and finishes them when it is closed (H4)', async () => {
    const calls = [connection.query({ name: 'nap', text: 'select pg_sleep(0.05)' }, []), connection.query(ping, [])];

    await connection.close();

    expect(await Promise.all(calls)).toHaveLength(2);
  });
});

async function succeeds<Result>(action: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await delay(10);
    }
  }
}
