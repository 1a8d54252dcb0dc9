import { describe, expect, it } from '@jest/globals';
import { Activity } from '@marathon/activity';
import { MarathonClient } from '@marathon/client';
import { workflow } from '@marathon/workflow';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MarathonModule } from './marathon.module.js';
import type { MarathonModuleOptions } from './marathon.options.js';

class PaymentActivities {
  @Activity()
  async charge(cents: number): Promise<string> {
    return `charge-${cents}`;
  }
}

const order = workflow('order', async (ctx, cents: number) => ctx.activities<PaymentActivities>().charge(cents));
const url = 'http://127.0.0.1:9';

function start(options: MarathonModuleOptions, providers: readonly Type[] = []) {
  @Module({ imports: [MarathonModule.forRoot(options)], providers: [...providers] })
  class AppModule {}
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

// What it runs is tried from outside, with the packages as they are published: e2e/src/packages.
describe('MarathonModule', () => {
  it('is a client alone where there is nothing to run', async () => {
    const app = await start({ url });
    expect(app.get(MarathonClient)).toBeInstanceOf(MarathonClient);
    await app.close();
  });

  it('names the variable that says where a gateway is', async () => {
    await expect(start({})).rejects.toThrow('MARATHON_URL is missing');
  });

  it('names the variables that activities need, and those that workflows need besides', async () => {
    await expect(start({ url }, [PaymentActivities])).rejects.toThrow(/^(?!.*DATABASE).*KAFKA_BROKERS is missing/s);
    await expect(start({ url, workflows: [order] })).rejects.toThrow('MARATHON_DATABASE_URL is missing');
  });
});
