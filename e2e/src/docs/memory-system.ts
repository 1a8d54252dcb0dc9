import { Definitions } from '@marathon/core';
import { MarathonLogger } from '@marathon/host';
import { InProcessStream } from '@marathon/memory';
import { provideWorkflows } from '@marathon/orchestrator';
import { activityCancellationsTopic, deadLetterTopic, eventsTopic, repliesTopic } from '@marathon/protocol';
import { compose, memoryStorage, type RunningStandalone, type StandaloneOptions } from '@marathon/standalone';
import { Logger } from '@nestjs/common';

/** The whole system in this process, on a free port, with nothing that outlives it. */
export async function startInMemory(
  code: Pick<StandaloneOptions, 'workflows' | 'modules' | 'activities' | 'corsOrigins'>,
): Promise<Omit<RunningStandalone, 'stream'>> {
  const logger = new MarathonLogger({ level: 'error' });
  Logger.overrideLogger(logger);
  const providers = await provideWorkflows(code.modules ?? []);
  const workflows = [...code.workflows, ...providers.workflows];
  const { url, started, stop } = await compose({
    port: 0,
    corsOrigins: code.corsOrigins,
    processName: 'in-memory',
    build: new Definitions(workflows).build,
    workflows,
    activities: code.activities,
    storage: memoryStorage(),
    stream: new InProcessStream({ hints: [eventsTopic, repliesTopic, activityCancellationsTopic, deadLetterTopic] }),
    turnMonitor: { start: async () => {}, stop: async () => {}, turnBegan() {}, turnEnded() {} },
    logger,
  });
  await started;
  return { url, stop: () => stop().then(() => providers.close()) };
}
