import type { Health } from '@marathon/protocol';
import { Controller, Get, Inject } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';

@Controller('health')
export class HealthController {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'readiness'>) {}

  /** The process answers. */
  @Get('live')
  live(): Health {
    return { status: 'live' };
  }

  /** Requests can be served: the database and the stream are usable. */
  @Get('ready')
  async ready(): Promise<Health> {
    const { isReady, probes } = await this.ports.readiness.read();
    if (isReady) return { status: 'ready' };
    const down = Object.entries(probes).filter(([, { isUp }]) => !isUp);
    const errors = down.map(([field, { reason }]) => ({ field, message: reason ?? 'is not usable' }));
    throw new ProblemError('MARATHON_NOT_READY', `not usable: ${down.map(([name]) => name).join(', ')}`, { errors });
  }
}
