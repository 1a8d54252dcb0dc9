import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { LargePayloads } from '../payloads/large-payloads.js';
import { ProblemError } from './problem.error.js';
import { sendJsonText } from './request-parts.js';

/** Large payloads, for those who were given an address: activity workers, and readers of histories. */
@Controller('payloads')
export class PayloadsController {
  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock'>,
    private readonly payloads: LargePayloads,
  ) {}

  @Get(':name')
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name } = request.params as { readonly name: string };
    const { until, signature } = request.query as Readonly<Record<string, unknown>>;
    const read = (await this.payloads.addresses()).read(name, String(until), String(signature), this.ports.clock.now());
    if ('refused' in read && read.refused === 'expired')
      throw new ProblemError('MARATHON_ADDRESS_EXPIRED', `the address was good until ${new Date(Number(until)).toISOString()}`);
    if ('refused' in read) throw new ProblemError('MARATHON_ADDRESS_FORGED', 'the address was not made by this system, or was changed');
    sendJsonText(reply, 200, await this.payloads.textFor(reply.raw, read.reference));
  }
}
