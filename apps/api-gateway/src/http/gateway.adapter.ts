import { isUtf8 } from 'node:buffer';
import { payloadCharsMax } from '@marathon/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { LargeBodies, smallBodyBytes } from '../payloads/large-bodies.js';
import { ProblemError } from './problem.error.js';
import { problemOf, sendProblem } from './problem-of.js';

export interface GatewayAdapterOptions {
  /** The largest body that is read, in bytes. Default 64 MiB, and 1 MiB for what stands around a payload. */
  readonly bodyBytesMax?: number;
  /** Of the large bodies that are read and worked on at a time, in bytes: further ones are refused. Default 128 MiB. */
  readonly largeBodiesBytesMax?: number;
}

/** Node reads no longer URL; how long a name may be is for its schema to say. */
const segmentCharsMax = 16 * 1024;

/** Fastify as the gateway needs it: JSON bodies only, exactly as they were sent, `__proto__` keys included. */
export class GatewayAdapter extends FastifyAdapter {
  constructor({ bodyBytesMax = payloadCharsMax + smallBodyBytes, largeBodiesBytesMax }: GatewayAdapterOptions = {}) {
    super({
      bodyLimit: bodyBytesMax,
      exposeHeadRoutes: false,
      routerOptions: { maxParamLength: segmentCharsMax },
      // A URL that cannot be decoded reaches no route, and no filter.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, problemOf(error, request.url)),
    });
    const server = this.getInstance();
    server.addHook('onRequest', admission(new LargeBodies(largeBodiesBytesMax), bodyBytesMax));
    server.removeAllContentTypeParsers();
    server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, ({ headers }, body, done) => {
      try {
        done(null, parseBody(body, headers['content-encoding']));
      } catch (error) {
        done(error as ProblemError);
      }
    });
  }

  /** Nest would add parsers of its own here. */
  override registerParserMiddleware(): void {}
}

/** @throws ProblemError; what is no UTF-8 is refused, as it would not be recorded as it was sent */
function parseBody(body: Buffer, encoding = 'identity'): unknown {
  if (encoding !== 'identity')
    throw new ProblemError('MARATHON_CONTENT_TYPE_UNSUPPORTED', `Content-Encoding ${encoding} is not read: send the body as it is`);
  if (!isUtf8(body)) throw new ProblemError('MARATHON_JSON_MALFORMED', 'the body is not encoded as UTF-8');
  const text = body.toString();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new ProblemError('MARATHON_JSON_MALFORMED', cause instanceof Error ? cause.message : String(cause), {}, { cause });
  }
}

/** Lets large bodies in as far as there is room. One whose size nobody says is taken for the largest. */
function admission(bodies: LargeBodies, bodyBytesMax: number): onRequestHookHandler {
  return ({ headers }, reply, done) => {
    const isUnknown = headers['transfer-encoding'] !== undefined;
    const bytes = isUnknown ? bodyBytesMax : Number(headers['content-length'] ?? 0);
    if (!(bytes > smallBodyBytes && bytes <= bodyBytesMax)) return done();
    const giveBack = bodies.take(bytes);
    if (!giveBack) return done(new ProblemError('MARATHON_OVERLOADED', 'too many large bodies are read at a time'));
    reply.raw.once('close', giveBack);
    done();
  };
}
