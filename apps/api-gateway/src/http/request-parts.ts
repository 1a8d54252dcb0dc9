import { Readable } from 'node:stream';
import { IdempotencyKey, Name } from '@marathon/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { validate } from './validate.js';

/** A segment of the path, decoded. @throws ProblemError naming it */
export const nameInPath = (request: FastifyRequest, segment: 'workflowId' | 'name'): string =>
  validate(Name, (request.params as Readonly<Record<string, unknown>>)[segment], segment);

/** @throws ProblemError naming it */
export const updateIdInPath = (request: FastifyRequest): string =>
  validate(IdempotencyKey, (request.params as Readonly<Record<string, unknown>>).updateId, 'updateId');

/** @throws ProblemError naming every parameter that is wrong or unknown */
export const queryOf = <Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> =>
  validate(schema, request.query, 'query');

/** @throws ProblemError naming the header */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return key === undefined ? undefined : validate(IdempotencyKey, key, 'Idempotency-Key');
}

/** Sends what is JSON text already. */
export function sendJsonText(reply: FastifyReply, status: number, text: string): void {
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(text);
}

/** Sends JSON text as it comes, no faster than it is read, to be kept under `name`. It breaks off when `text` throws. */
export function sendFile(reply: FastifyReply, name: string, text: AsyncIterable<string>): void {
  reply
    .headers({ 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` })
    .send(Readable.from(text, { highWaterMark: 1 }));
}
