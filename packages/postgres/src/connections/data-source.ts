import { DataSource } from 'typeorm';
import { ActivityHeartbeatEntity } from '../entities/activity-heartbeat.entity.js';
import { ApprovalEntity } from '../entities/approval.entity.js';
import { DefinitionEntity } from '../entities/definition.entity.js';
import { HistoryEventEntity } from '../entities/history-event.entity.js';
import { LimitEntity } from '../entities/limit.entity.js';
import { LimitPlaceEntity } from '../entities/limit-place.entity.js';
import { MapRecordEntity } from '../entities/map-record.entity.js';
import { OutboxEntryEntity } from '../entities/outbox-entry.entity.js';
import { PayloadEntity } from '../entities/payload.entity.js';
import { RequestKeyEntity, RunRequestEntity } from '../entities/run-request.entity.js';
import { SearchAttributeEntity } from '../entities/search-attribute.entity.js';
import { SecretEntity } from '../entities/secret.entity.js';
import { ShardEntity } from '../entities/shard.entity.js';
import { WorkflowRunEntity } from '../entities/workflow-run.entity.js';
import { CreateSchema1764000000000 } from '../migrations/1764000000000-create-schema.js';
import { AddRequestFingerprints1764100000000 } from '../migrations/1764100000000-add-request-fingerprints.js';
import { IndexSearchAttributes1764200000000 } from '../migrations/1764200000000-index-search-attributes.js';
import { AddRunLabels1764210000000 } from '../migrations/1764210000000-add-run-labels.js';
import { AddCodeWaits1764230000000 } from '../migrations/1764230000000-add-code-waits.js';
import { AddSecrets1764240000000 } from '../migrations/1764240000000-add-secrets.js';
import { AddApprovals1764250000000 } from '../migrations/1764250000000-add-approvals.js';
import { AddContracts1764260000000 } from '../migrations/1764260000000-add-contracts.js';
import { AddMapRecords1764280000000 } from '../migrations/1764280000000-add-map-records.js';
import { AddLimits1764290000000 } from '../migrations/1764290000000-add-limits.js';
import { AddPayloads1764300000000 } from '../migrations/1764300000000-add-payloads.js';
import { AddApprovalEscalations1764310000000 } from '../migrations/1764310000000-add-approval-escalations.js';
import { TellIndexesOfOpenRunsApart1764320000000 } from '../migrations/1764320000000-tell-indexes-of-open-runs-apart.js';

export interface PoolOptions {
  readonly poolSize: number;
  /** PostgreSQL gives a statement up after this. Default: never. */
  readonly statementTimeoutMs?: number;
}

/** The schema as TypeORM sees it. Nothing is changed by connecting: `migrate` alone does that. */
export function createDataSource(connectionString: string, { poolSize, statementTimeoutMs }: PoolOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: connectionString,
    entities: [
      ActivityHeartbeatEntity,
      ApprovalEntity,
      DefinitionEntity,
      HistoryEventEntity,
      MapRecordEntity,
      LimitEntity,
      LimitPlaceEntity,
      OutboxEntryEntity,
      PayloadEntity,
      RequestKeyEntity,
      RunRequestEntity,
      SearchAttributeEntity,
      SecretEntity,
      ShardEntity,
      WorkflowRunEntity,
    ],
    migrations: [
      CreateSchema1764000000000,
      AddRequestFingerprints1764100000000,
      IndexSearchAttributes1764200000000,
      AddRunLabels1764210000000,
      AddCodeWaits1764230000000,
      AddSecrets1764240000000,
      AddApprovals1764250000000,
      AddContracts1764260000000,
      AddMapRecords1764280000000,
      AddLimits1764290000000,
      AddPayloads1764300000000,
      AddApprovalEscalations1764310000000,
      TellIndexesOfOpenRunsApart1764320000000,
    ],
    migrationsTableName: 'schema_migrations',
    installExtensions: false,
    synchronize: false,
    logging: false,
    poolSize,
    connectTimeoutMS: 5_000,
    extra: {
      application_name: 'marathon-reads',
      idleTimeoutMillis: 60_000,
      ...(statementTimeoutMs !== undefined && { statement_timeout: statementTimeoutMs }),
    },
  });
}
