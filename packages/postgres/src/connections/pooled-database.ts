import { StoreUnavailableError } from '@marathon/core';
import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { createDataSource, type PoolOptions } from './data-source.js';
import type { Executor, Statement } from './executor.js';
import { toConnectError, toStoreError } from './store-errors.js';

/**
 * A small pool for what is not on the hot path. It connects with the first use, and again with the next one when
 * that failed or when connections were lost.
 */
export class PooledDatabase implements Executor {
  private readonly dataSource: DataSource;
  private opening: Promise<DataSource> | undefined;
  private isClosed = false;

  constructor(connectionString: string, options: PoolOptions) {
    this.dataSource = createDataSource(connectionString, options);
  }

  /** @throws StoreUnavailableError, CommitOutcomeUnknownError (retryable), StatementFailedError */
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.run(statement, async (dataSource) => {
      const runner = dataSource.createQueryRunner();
      try {
        const { records } = await runner.query(statement.text, [...values], true);
        return records as Row[];
      } finally {
        await runner.release();
      }
    });
  }

  /** Runs several statements as one commit. Throws as `query` does; what `action` throws undoes them. */
  transaction<Result>(name: string, action: (executor: Executor) => Promise<Result>): Promise<Result> {
    return this.run({ name, text: '', isWrite: true }, (dataSource) =>
      dataSource.transaction('READ COMMITTED', ({ queryRunner }) =>
        action({
          query: async <Row>({ text }: Statement, values: readonly unknown[]) => {
            const { records } = await (queryRunner as QueryRunner).query(text, [...values], true);
            return records as Row[];
          },
        }),
      ),
    );
  }

  /** Reads entities. Throws as `query` does. */
  read<Entity extends ObjectLiteral, Result>(
    name: string,
    entity: EntityTarget<Entity>,
    action: (repository: Repository<Entity>) => Promise<Result>,
  ): Promise<Result> {
    return this.run({ name, text: '' }, (dataSource) => action(dataSource.getRepository(entity)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const dataSource = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    await dataSource?.destroy();
  }

  private async run<Result>(statement: Statement, action: (dataSource: DataSource) => Promise<Result>): Promise<Result> {
    const dataSource = await this.open();
    try {
      return await action(dataSource);
    } catch (error) {
      throw toStoreError(statement, error);
    }
  }

  private async open(): Promise<DataSource> {
    if (this.isClosed) throw new StoreUnavailableError('the database is closed');
    this.opening ??= this.dataSource.initialize();
    try {
      return await this.opening;
    } catch (cause) {
      this.opening = undefined;
      throw toConnectError(cause);
    }
  }
}
