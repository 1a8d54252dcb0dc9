import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '@marathon/core';
import { useTestServer } from '../test/test-server.js';
import { createDataSource } from './connections/data-source.js';
import { DatabaseNewerError, migrateDatabase } from './migrate-database.js';

const server = useTestServer();

describe('migrateDatabase', () => {
  it('lets ten processes start at once: one migrates, the others find nothing to do', async () => {
    const { connectionString, query } = await server().createBlankDatabase();

    const executed = await Promise.all(Array.from({ length: 10 }, () => migrateDatabase(connectionString)));

    expect(executed.filter((names) => names.length > 0)).toEqual([
      [
        'CreateSchema1764000000000',
        'AddRequestFingerprints1764100000000',
        'IndexSearchAttributes1764200000000',
        'AddRunLabels1764210000000',
        'AddCodeWaits1764230000000',
        'AddSecrets1764240000000',
        'AddApprovals1764250000000',
        'AddContracts1764260000000',
        'AddMapRecords1764280000000',
        'AddLimits1764290000000',
        'AddPayloads1764300000000',
        'AddApprovalEscalations1764310000000',
        'TellIndexesOfOpenRunsApart1764320000000',
      ],
    ]);
    expect(await query('select count(*)::int as count from schema_migrations')).toEqual([{ count: 13 }]);
  });

  it('refuses a database that a newer build migrated, and changes nothing in it', async () => {
    const { connectionString, query } = await server().createBlankDatabase();
    await migrateDatabase(connectionString);
    await query(`insert into schema_migrations (timestamp, name) values (9999999999999, 'AddTomorrow9999999999999')`);

    const refusal = await migrateDatabase(connectionString).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(DatabaseNewerError);
    expect(refusal).toMatchObject({ code: 'MARATHON_DATABASE_NEWER', unknownMigrations: ['AddTomorrow9999999999999'] });
  });

  it('says that the database cannot be reached in a way that a retry can go by', async () => {
    await expect(migrateDatabase('postgresql://marathon@127.0.0.1:1/marathon')).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('makes the schema that the entities describe', async () => {
    const { connectionString } = await server().createDatabase();
    const dataSource = await createDataSource(connectionString, { poolSize: 1 }).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('can be undone', async () => {
    const { connectionString, query } = await server().createBlankDatabase();
    await migrateDatabase(connectionString);
    const dataSource = await createDataSource(connectionString, { poolSize: 1 }).initialize();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    await dataSource.destroy();

    expect(await query(`select table_name as name from information_schema.tables where table_schema = 'public'`)).toEqual([
      { name: 'schema_migrations' },
    ]);
  });
});
