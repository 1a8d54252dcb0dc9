import { type LimitName, type LimitRow, partsOf } from '@marathon/core';
import type { Limit, LimitList, ListLimitsQuery } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { invalidField } from '../http/problem.error.js';
import { namespace } from '../namespace.js';
import { instant } from './instant.js';

/** The limits that are in use. */
@Injectable()
export class Limits {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'runReader'>) {}

  /** One more than asked for tells whether there is a next page. */
  async page({ limit, cursor }: z.output<typeof ListLimitsQuery>): Promise<LimitList> {
    const after = cursor === undefined ? undefined : nameOf(cursor);
    const rows = await this.ports.runReader.listLimits({ namespace, limit: limit + 1, ...(after !== undefined && { after }) });
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { limits: rows.slice(0, limit).map(listed), ...(last && { next: Buffer.from(last.name).toString('base64url') }) };
  }
}

/** @throws ProblemError naming the field `cursor` */
function nameOf(cursor: string): LimitName {
  const name = Buffer.from(cursor, 'base64url').toString();
  const isOurs = cursor.length <= 1_000 && !name.includes('\u0000') && Buffer.from(name).toString('base64url') === cursor;
  if (!isOurs) throw invalidField('cursor', 'is none that this API gave out');
  return name as LimitName;
}

const listed = ({ name, limit, perMs, inFlight, waiting, oldestWaitingSinceMs, nextTokenAtMs }: LimitRow): Limit => ({
  ...partsOf(name),
  limit,
  ...(perMs !== undefined && { perMs }),
  inFlight,
  waiting,
  ...(oldestWaitingSinceMs !== undefined && { oldestWaitingSince: instant(oldestWaitingSinceMs) }),
  ...(nextTokenAtMs !== undefined && { nextTokenAt: instant(nextTokenAtMs) }),
});
