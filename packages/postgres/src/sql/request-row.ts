import {
  type NewAdmission,
  type NewRequest,
  type Payload,
  type PendingRequest,
  type RunId,
  type RunRequest,
  recordedPayload,
  type ShardId,
} from '@marathon/core';

/** The numbers under which kinds of requests are stored. A number is never given to another kind. */
const kindCodes = {
  signal: 1,
  cancel: 2,
  terminate: 3,
  resume: 4,
  update: 5,
  'complete-activity': 6,
  'fail-activity': 7,
  'admit-run': 8,
  'admit-activity': 9,
} as const satisfies Record<RunRequest['kind'], number>;

const kinds = new Map(Object.entries(kindCodes).map(([kind, code]) => [code as number, kind as RunRequest['kind']]));

/** A request as columns; what its sender named stands as JSON, because a text of PostgreSQL cannot hold every string. */
export interface RequestColumns {
  readonly kind: number;
  readonly data: string | null;
  readonly payload: string | null;
}

export function toRequestColumns(request: NewRequest | NewAdmission): RequestColumns {
  const { kind, ...given } = request;
  const { payload, ...data } = given as { readonly payload?: Payload };
  const text = JSON.stringify(data);
  return { kind: kindCodes[kind], data: text === '{}' ? null : text, payload: payload ?? null };
}

export interface RequestRow extends RequestColumns {
  readonly runId: RunId;
  readonly n: number;
  readonly shard: ShardId;
}

/** @throws RangeError for a kind that this build does not know. */
export function fromRequestRow({ runId, shard, n, kind: code, data, payload }: RequestRow): PendingRequest {
  const kind = kinds.get(code);
  if (!kind) throw new RangeError(`request kind ${code} is unknown to this build`);
  const given = data === null ? {} : (JSON.parse(data) as object);
  const request = { kind, ...given, ...(payload !== null && { payload: recordedPayload(payload) }), n } as RunRequest;
  return { runId, shard, request };
}
