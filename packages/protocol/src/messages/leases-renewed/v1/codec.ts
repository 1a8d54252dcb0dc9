import type { LeasesRenewedMessage } from '@marathon/core';
import type { z } from 'zod';
import type { Codec } from '../../codec.js';
import { payloadMember, withMember } from '../../parts/json-text.js';
import { shardOf, toShard } from '../../parts/shard-address.js';
import { leasesRenewedV1 } from './schema.js';

type Lease = LeasesRenewedMessage['leases'][number];
type WireLease = z.output<typeof leasesRenewedV1>['leases'][number];

export const leasesRenewedCodecV1: Codec<LeasesRenewedMessage, typeof leasesRenewedV1> = {
  type: 'leases-renewed',
  version: 1,
  schema: leasesRenewedV1,
  encode({ to, kind, worker, leases }) {
    return toShard(to, worker, withMember(JSON.stringify({ type: kind, v: 1, worker }), 'leases', `[${leases.map(writeLease).join()}]`));
  },
  decode({ type, worker, leases }, origin) {
    return { kind: type, to: shardOf(origin), worker, leases: leases.map(readLease) };
  },
};

function writeLease({ heartbeat, ...attempt }: Lease): string {
  return withMember(
    JSON.stringify(attempt),
    'heartbeat',
    heartbeat && withMember(`{"atMs":${heartbeat.atMs}}`, 'details', heartbeat.details),
  );
}

function readLease({ heartbeat, ...attempt }: WireLease): Lease {
  return heartbeat ? { ...attempt, heartbeat: { atMs: heartbeat.atMs, ...payloadMember('details', heartbeat.details) } } : attempt;
}
