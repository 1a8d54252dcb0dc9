import {
  type Application,
  createLog,
  databaseVariables,
  type Environment,
  hostAddress,
  hostVariables,
  kafkaSettings,
  kafkaVariables,
  listenAt,
  MarathonLogger,
  processName,
  readEnvironment,
  runApplication,
  SystemClock,
  startServices,
  wholeNumber,
} from '@marathon/host';
import { KafkaStream } from '@marathon/kafka';
import { postgresStorage } from '@marathon/postgres';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayProcessModule } from './gateway-process.module.js';
import { allowOrigins, originVariables } from './http/allow-origins.js';
import { GatewayAdapter } from './http/gateway.adapter.js';

export const gatewayVariables = {
  ...hostVariables,
  ...hostAddress,
  ...kafkaVariables,
  ...databaseVariables,
  MARATHON_PORT: wholeNumber(0, 65_535).default(8_080).describe('the port of the HTTP API; 0 takes a free one'),
  ...originVariables,
};

/** A process that serves the HTTP API, by the environment (`docs/reference/configuration.md`): it returns when it was asked to end and has. */
export function runGateway(): Promise<void> {
  return runApplication(() => startGateway(readEnvironment(process.env, gatewayVariables)));
}

/** Listens at once, so that health can be asked, and starts everything behind it. */
async function startGateway(environment: Environment<typeof gatewayVariables>): Promise<Application> {
  const logger = new MarathonLogger({ level: environment.MARATHON_LOG_LEVEL, format: environment.MARATHON_LOG_FORMAT });
  Logger.overrideLogger(logger);
  const name = processName('api-gateway');
  const module = GatewayProcessModule.forRoot({
    processName: name,
    storage: postgresStorage({
      connectionString: environment.MARATHON_DATABASE_URL,
      processName: name,
      lanes: 0,
      clock: new SystemClock(),
      log: createLog('Database'),
    }),
    stream: new KafkaStream({ ...kafkaSettings(environment), clientId: name, log: createLog('Kafka') }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, new GatewayAdapter(), { logger });
  allowOrigins(app, environment.MARATHON_CORS_ORIGINS);
  const { MARATHON_HOST: host, MARATHON_PORT: port } = environment;
  await listenAt(host, port, () => app.listen(port, host));
  return { url: await app.getUrl(), ready: startServices(app), stop: () => app.close() };
}
