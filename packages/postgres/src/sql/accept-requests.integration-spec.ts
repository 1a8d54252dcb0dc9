import { expect, it } from '@jest/globals';
import { openFixture } from '@marathon/conformance';
import type { RequestIntake } from '@marathon/core';
import { toWorld, useTestServer } from '../../test/test-server.js';

const server = useTestServer();

it('has on disk what was provisional when it is made again under its key, and whatever came before', async () => {
  const database = await server().createDatabase();
  const lsn = async (of: 'insert' | 'flush') => (await database.query<{ at: string }>(`select pg_current_wal_${of}_lsn() as at`))[0]?.at;
  const isFlushed = async (at: string | undefined) =>
    (await database.query<{ yes: boolean }>(`select pg_current_wal_flush_lsn() >= '${at}'::pg_lsn as yes`))[0]?.yes;
  const world = toWorld(database);
  const fixture = await openFixture(world);
  const { workflowId } = await fixture.startRun();
  const update = (updateId: string): RequestIntake => ({
    namespace: 'default',
    workflowId,
    request: { kind: 'update', updateId, name: 'go' },
    idempotencyKey: updateId,
  });
  for (let i = 0; i < 20; i++) {
    await fixture.intake.request([{ ...update(`u${i}`), isProvisional: true }]);
    const written = await lsn('insert');

    await fixture.intake.request([update(`u${i}`)]);

    expect(await isFlushed(written)).toBe(true);
  }
  await world.close();
});
