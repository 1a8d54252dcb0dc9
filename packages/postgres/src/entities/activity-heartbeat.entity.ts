import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The details of an open activity's last heartbeat. */
@Entity('activity_heartbeats')
export class ActivityHeartbeatEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer', { name: 'activity_seq' })
  activitySeq!: number;

  @Column('integer')
  attempt!: number;

  @Column('text')
  details!: string;
}
