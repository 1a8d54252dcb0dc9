import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Payloads that are too large for histories. They are kept as they are: compressing tens of megabytes would take longer than writing
 * them. The indexes find what refers to a payload, and have no entry for an event or a request that has its own within it.
 */
export class AddPayloads1764300000000 implements MigrationInterface {
  readonly name = 'AddPayloads1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'create table payloads (reference text primary key, written_at timestamptz not null default now(), content text not null)',
    );
    await queryRunner.query('alter table payloads alter column content set storage external');
    await queryRunner.query('create index payloads_by_age on payloads (written_at)');
    await queryRunner.query(`create index history_events_by_reference on history_events (payload) where payload ^@ '@sha256:'`);
    await queryRunner.query('insert into secrets (name, version, key) values ($1, 1, $2)', ['payload-addresses', randomBytes(32)]);
    await queryRunner.query(
      `create index history_events_carrying_references on history_events (run_id) where type = 1 and data like '%@sha256:%'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index history_events_by_reference, history_events_carrying_references');
    await queryRunner.query(`delete from secrets where name = 'payload-addresses'`);
    await queryRunner.query('drop table payloads');
  }
}
