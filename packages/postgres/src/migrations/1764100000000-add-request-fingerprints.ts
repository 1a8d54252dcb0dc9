import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that were taken before have none: they are retries of whatever carries no fingerprint. */
export class AddRequestFingerprints1764100000000 implements MigrationInterface {
  readonly name = 'AddRequestFingerprints1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table request_keys add column fingerprint text collate "C"');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table request_keys drop column fingerprint');
  }
}
