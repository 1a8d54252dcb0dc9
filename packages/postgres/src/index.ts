import 'reflect-metadata';

export { StatementFailedError } from './connections/store-errors.js';
export { EmbeddedDatabase, type EmbeddedDatabaseOptions } from './embedded/embedded-database.js';
export { DataDirectoryVersionError, DirectoryUnreachableError, EmbeddedPostgresError } from './embedded/errors.js';
export { DatabaseNewerError, migrateDatabase } from './migrate-database.js';
export { PostgresDatabase, type PostgresDatabaseOptions } from './postgres-database.js';
export { type PostgresStorageOptions, postgresStorage, type Storage } from './postgres-storage.js';
export type { UnresponsiveRunHandlerData } from './suspend-unresponsive-run.js';

/** The module that the watchdog's thread loads. */
export const unresponsiveRunHandler = new URL('./suspend-unresponsive-run.js', import.meta.url);
