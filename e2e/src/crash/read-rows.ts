import pg from 'pg';

/** What a statement gives, over a connection of its own: the server may have gone and come back since the last one. */
export async function readRows<Row extends pg.QueryResultRow>(databaseUrl: string, statement: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
