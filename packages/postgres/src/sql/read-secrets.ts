import type { Secret, SecretName } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = { name: 'read_secrets', text: 'select version, key from secrets where name = $1 order by version' };

export const readSecrets = (executor: Executor, name: SecretName): Promise<readonly Secret[]> => executor.query<Secret>(statement, [name]);
