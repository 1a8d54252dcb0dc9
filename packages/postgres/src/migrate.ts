// `npm run migrate`: brings the database at DATABASE_URL up to this build.
import { MarathonError } from '@marathon/core';
import { migrateDatabase } from './migrate-database.js';

const connectionString = process.env.DATABASE_URL;
if (!connectionString) {
  console.error('DATABASE_URL is not set; it is the address of the database, like postgresql://user:password@host:5432/marathon');
  process.exit(2);
}
try {
  const executed = await migrateDatabase(connectionString);
  console.log(executed.length ? `migrated: ${executed.join(', ')}` : 'nothing to migrate');
} catch (error) {
  console.error(error instanceof MarathonError ? `${error.code}: ${error.message}` : error);
  process.exit(1);
}
