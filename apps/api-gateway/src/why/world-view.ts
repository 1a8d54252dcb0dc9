import type { RunRow, RunState } from '@marathon/core';
import { withTimeLimit } from '@marathon/host';
import { activityTopic, workflowTopic } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import type { World } from './run-view.js';

/** A stream that does not answer within this keeps nobody from reading the rest. */
const answerWithinMs = 2_000;
/** Of one run. */
const queuesMax = 20;

/** Looks at what is around a run. */
@Injectable()
export class WorldView {
  constructor(@Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'stream' | 'definitionRegistry' | 'clock'>) {}

  /** @throws StoreUnavailableError */
  async around(run: RunRow, { activities, maps }: RunState): Promise<World> {
    const waited = [...activities.values(), ...(maps?.open.values() ?? [])];
    const queues = [...new Set(waited.map(({ options }) => options.taskQueue))].slice(0, queuesMax);
    const [{ definitions }, orchestrators, ...workers] = await Promise.all([
      this.ports.definitionRegistry.readAll(),
      this.consumersOf(workflowTopic(run.taskQueue)),
      ...queues.map((queue) => this.consumersOf(activityTopic(queue))),
    ]);
    return {
      nowMs: this.ports.clock.now(),
      isStreamUsable: this.ports.stream.isUsable(),
      orchestrators,
      workers: new Map(queues.map((queue, index) => [queue, workers[index]])),
      registeredOn: definitions.filter(({ workflow }) => workflow === run.workflow).map(({ taskQueue }) => taskQueue),
    };
  }

  private async consumersOf(group: string): Promise<number | undefined> {
    const { stream, clock } = this.ports;
    if (!stream.isUsable()) return undefined;
    return withTimeLimit(clock, answerWithinMs, stream.consumersOf(group)).catch(() => undefined);
  }
}
