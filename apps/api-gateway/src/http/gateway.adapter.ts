import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.error.js';
import { problemOf, sendProblem } from './problem-of.js';

export interface GatewayAdapterOptions {
  /** The largest body that is read, in bytes. Default 2 MiB. */
  readonly bodyBytesMax?: number;
}

/** Node reads no longer URL; how long a name may be is for its schema to say. */
const segmentCharsMax = 16 * 1024;

/** Fastify as the gateway needs it: JSON bodies only, exactly as they were sent, `__proto__` keys included. */
export class GatewayAdapter extends FastifyAdapter {
  constructor({ bodyBytesMax = 2 * 1024 * 1024 }: GatewayAdapterOptions = {}) {
    super({
      bodyLimit: bodyBytesMax,
      exposeHeadRoutes: false,
      routerOptions: { maxParamLength: segmentCharsMax },
      // A URL that cannot be decoded reaches no route, and no filter.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, problemOf(error, request.url)),
    });
    const server = this.getInstance();
    server.removeAllContentTypeParsers();
    server.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
      try {
        done(null, text === '' ? undefined : JSON.parse(text));
      } catch (cause) {
        done(new ProblemError('MARATHON_JSON_MALFORMED', cause instanceof Error ? cause.message : String(cause), {}, { cause }));
      }
    });
  }

  /** Nest would add parsers of its own here. */
  override registerParserMiddleware(): void {}
}
