// A Nest application of another team: its workflow, its activity, and what that needs. It ends when nothing is left to do in it.
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Activity } from '@marathon/activity';
import { MarathonClient } from '@marathon/client';
import { MarathonModule, Readiness } from '@marathon/nest';
import { workflow } from '@marathon/workflow';
import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const askedToEnd = once(process, 'SIGTERM');

@Injectable()
class Paper implements OnModuleDestroy {
  isThere = true;

  onModuleDestroy(): void {
    this.isThere = false;
  }
}

@Injectable()
class Parcels {
  readonly begun = Promise.withResolvers<void>();

  constructor(private readonly paper: Paper) {}

  /** China takes until the application is closing. */
  @Activity()
  async pack(what: string): Promise<string> {
    this.begun.resolve();
    if (what === 'china') await askedToEnd.then(() => setImmediate());
    return `${what} in ${this.paper.isThere ? 'paper' : 'nothing'}`;
  }
}

const delivery = workflow('delivery', async (ctx, what: string) => {
  const parcel = await ctx.activities<Parcels>().pack(what);
  return `${parcel} for ${await ctx.waitForSignal<string>('address')}`;
});

@Module({ imports: [MarathonModule.forRoot({ workflows: [delivery], taskQueues: ['shop'] })], providers: [Paper, Parcels] })
class ShopModule {}

const app = await NestFactory.createApplicationContext(ShopModule);
const tellReadiness = async () => {
  const { isReady, probes } = await app.get(Readiness).read();
  console.log(`${isReady ? 'ready' : 'unready'}: ${Object.keys(probes).sort().join(' ')}`);
};
void askedToEnd.then(() => app.close()).then(tellReadiness);
await app.get(Readiness).untilReady(() => true);
await tellReadiness();
const { workflowId } = await app.get(MarathonClient).start(delivery, { input: process.argv[2] ?? '', taskQueue: 'shop' });
await app.get(Parcels).begun.promise;
console.log(`delivers ${workflowId}`);
