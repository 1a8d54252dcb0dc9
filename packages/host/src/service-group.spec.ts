import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ServiceGroup } from './service-group.js';

Logger.overrideLogger(false);

let clock: ManualClock;
let calls: string[];

beforeEach(() => {
  clock = new ManualClock();
  calls = [];
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

function named(name: string, behaviour: Partial<Service> = {}) {
  const service: Service = {
    start: async () => {
      calls.push(`start ${name}`);
      await behaviour.start?.();
    },
    stop: async () => {
      calls.push(`stop ${name}`);
      await behaviour.stop?.();
    },
  };
  return { name, service };
}

describe('a group of services', () => {
  it('starts in order, and stops in reverse, once, when Nest shuts down', async () => {
    const group = new ServiceGroup(clock, [named('stream'), named('worker')]);
    @Module({ providers: [{ provide: ServiceGroup, useValue: group }] })
    class Application {}
    const application = await NestFactory.createApplicationContext(Application, { logger: false });
    expect(group.isRunning).toBe(false);
    await group.start();
    expect(group.isRunning).toBe(true);
    await application.close();
    await group.stop();
    expect(calls).toEqual(['start stream', 'start worker', 'stop worker', 'stop stream']);
    expect(group.isRunning).toBe(false);
  });

  it('goes on when a service fails to stop, or does not stop in time (G1)', async () => {
    const hanging = { ...named('hanging', { stop: () => new Promise(() => {}) }), stopTimeoutMs: 5_000 };
    const group = new ServiceGroup(clock, [named('stream'), hanging, named('failing', { stop: () => Promise.reject(new Error('no')) })]);
    await group.start();
    const stopped = group.stop();
    await turn();
    expect(calls.slice(3)).toEqual(['stop failing', 'stop hanging']);
    clock.advanceBy(4_999);
    await turn();
    expect(calls).not.toContain('stop stream');
    clock.advanceBy(1);
    await stopped;
    expect(calls.at(-1)).toBe('stop stream');
    expect(clock.nextAtMs).toBeUndefined();
  });

  it('stops what it had started when a service does not start (G2)', async () => {
    const group = new ServiceGroup(clock, [
      named('stream'),
      named('worker', { start: () => Promise.reject(new Error('no')) }),
      named('gateway'),
    ]);
    await expect(group.start()).rejects.toThrow('no');
    expect(calls).toEqual(['start stream', 'start worker', 'stop worker', 'stop stream']);
  });

  it('starts nothing more once it is stopped', async () => {
    let proceed = () => {};
    const slow = named('slow', { start: () => new Promise((resolve) => (proceed = resolve)) });
    const group = new ServiceGroup(clock, [slow, named('next')]);
    const started = group.start();
    await group.stop();
    proceed();
    await started;
    expect(calls).toEqual(['start slow', 'stop slow']);
    expect(group.isRunning).toBe(false);
  });

  it('may be stopped before it is started', async () => {
    const group = new ServiceGroup(clock, [named('stream')]);
    await group.stop();
    await group.start();
    expect(calls).toEqual([]);
  });
});
