import { GatewayAdapter } from '@marathon/api-gateway';
import type { AnyWorkflowDefinition, Service, Stream, TurnMonitor } from '@marathon/core';
import { MarathonLogger, ServiceGroup } from '@marathon/host';
import type { Storage } from '@marathon/postgres';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StandaloneModule } from './standalone.module.js';

export interface ComposeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly processName: string;
  /** Tells this build's workflow code from others. */
  readonly build: string;
  readonly workflows: readonly AnyWorkflowDefinition[];
  readonly activities: readonly Type[];
  readonly residentRuns?: number;
  readonly storage: Storage;
  readonly stream: Stream;
  readonly turnMonitor: TurnMonitor & Service;
  readonly logger: MarathonLogger;
}

export interface Standalone {
  /** Where the HTTP API is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Resolves when everything runs: until then requests are answered, and readiness says no. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

/** Listens at once, so that health can be asked, and starts everything behind it. */
export async function compose(options: ComposeOptions): Promise<Standalone> {
  const module = StandaloneModule.forRoot(options);
  const app = await NestFactory.create<NestFastifyApplication>(module, new GatewayAdapter(), { logger: options.logger, bufferLogs: false });
  await app.listen(options.port, '127.0.0.1');
  const started = app.get(ServiceGroup).start();
  started.catch(() => {}); // whoever awaits it gets to know
  return { url: await app.getUrl(), started, stop: () => app.close() };
}
