import { allowOrigins, GatewayAdapter } from '@marathon/api-gateway';
import { listenAt, ServiceGroup } from '@marathon/host';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StandaloneModule, type StandaloneModuleOptions } from './standalone.module.js';

export interface ComposeOptions extends Omit<StandaloneModuleOptions, 'url'> {
  /** 0 takes a free one. */
  readonly port: number;
  /** Whose pages in browsers may call the API besides its own: `https://shop.example`, or `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** In place of the one that is there. Default: that one. */
  readonly logger?: LoggerService;
}

export interface Standalone {
  /** Where the HTTP API is: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Resolves when everything runs: until then requests are answered, and readiness says no. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Listens at once, so that health can be asked, and starts everything behind it. */
export async function compose(options: ComposeOptions): Promise<Standalone> {
  let url: string | undefined;
  const module = StandaloneModule.forRoot({ ...options, url: () => url });
  const app = await NestFactory.create<NestFastifyApplication>(module, new GatewayAdapter(), {
    ...(options.logger && { logger: options.logger }),
    bufferLogs: false,
    abortOnError: false,
  });
  allowOrigins(app, options.corsOrigins);
  await listenAt(host, options.port, () => app.listen(options.port, host));
  url = await app.getUrl();
  const started = app.get(ServiceGroup).start();
  started.catch(() => {}); // whoever awaits it gets to know
  return { url, started, stop: () => app.close() };
}
