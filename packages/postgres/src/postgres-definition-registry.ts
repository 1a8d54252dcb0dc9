import type { DefinitionRegistry } from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { readAllDefinitions, readContracts } from './sql/read-definitions.js';
import { registerDefinitions } from './sql/register-definitions.js';
import { renewDefinitions } from './sql/renew-definitions.js';

/** Every method may throw StoreUnavailableError or CommitOutcomeUnknownError (retryable; repeating is harmless). */
export class PostgresDefinitionRegistry implements DefinitionRegistry {
  constructor(private readonly connection: Executor) {}

  register = (registration: Parameters<DefinitionRegistry['register']>[0]) => registerDefinitions(this.connection, registration);
  renew = (renewal: Parameters<DefinitionRegistry['renew']>[0]) => renewDefinitions(this.connection, renewal);
  readAll = () => readAllDefinitions(this.connection);
  readContracts = (digests: readonly string[]) => readContracts(this.connection, digests);
}
