import type { INestMicroservice } from '@nestjs/common';
import { type Application, startServices } from './application.js';
import { HealthServer } from './health-server.js';
import { Readiness } from './readiness.js';
import { ServiceGroup } from './service-group.js';

/**
 * A Nest microservice, whose transport is the stream, with its health over HTTP. Its module provides a `ServiceGroup` of what runs
 * over the transport. Answers at once; what it needs is reached in the background.
 */
export async function startMicroservice(
  app: INestMicroservice,
  { host, port, ...bounds }: { readonly host: string; readonly port: number } & Pick<Application, 'stopTimeoutMs'>,
): Promise<Application> {
  const health = new HealthServer(app.get(Readiness));
  const url = await health.listen(host, port);
  const start = async () => {
    await app.listen();
    await startServices(app);
  };
  const stop = async () => {
    await app.get(ServiceGroup).stop(); // before the transport, which they speak through to the last
    await app.close();
    await health.close();
  };
  return { url, ready: start(), stop, ...bounds };
}
