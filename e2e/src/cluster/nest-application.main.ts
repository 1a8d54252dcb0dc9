// A Nest application of another team: its workflow, its activity, and a service that uses them. It ends when nothing is left to do in it.
import { Activity } from '@marathon/activity';
import { MarathonClient } from '@marathon/client';
import { MarathonModule } from '@marathon/nest';
import { workflow } from '@marathon/workflow';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Injectable()
class Parcels {
  @Activity()
  async pack(what: string): Promise<string> {
    return `a parcel of ${what}`;
  }
}

const delivery = workflow('delivery', async (ctx, what: string) => {
  const parcel = await ctx.activities<Parcels>().pack(what);
  return `${parcel} for ${await ctx.waitForSignal<string>('address')}`;
});

@Module({ imports: [MarathonModule.forRoot({ workflows: [delivery], taskQueues: ['shop'] })], providers: [Parcels] })
class ShopModule {}

const app = await NestFactory.createApplicationContext(ShopModule);
process.once('SIGTERM', () => void app.close());
const { workflowId } = await app.get(MarathonClient).start(delivery, { input: 'tea', taskQueue: 'shop' });
console.log(`delivers ${workflowId}`);
