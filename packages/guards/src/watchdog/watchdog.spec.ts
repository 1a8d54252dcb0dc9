import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages, type ProgramRun } from '../../test/compiled-packages.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const nodeOptions = ['--import', '@marathon/guards/register'];

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
  await packages.write(
    'handler.mjs',
    `import { appendFileSync } from 'node:fs';
    export async function handleUnresponsiveRun(run, data) {
      if (data.behaviour === 'fail') throw new Error('no database');
      if (data.behaviour === 'hang') await new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
      appendFileSync(data.file, JSON.stringify({ ...run, location: run.location?.replace(/.*\\//, '') }) + '\\n');
      return { workflowId: 'order-17' };
    }`,
  );
});
afterAll(() => packages[Symbol.asyncDispose]());

interface Setting {
  readonly limitMs?: number;
  readonly handlerTimeoutMs?: number;
  readonly behaviour?: 'fail' | 'hang';
}

/** A program with a watchdog that is not started; `turn` runs code as the engine does. */
function watched(code: string, { limitMs = 200, handlerTimeoutMs = 5_000, behaviour }: Setting = {}): string {
  const data = { file: path.join(packages.directory, 'reports'), behaviour };
  return `import { readSync } from 'node:fs';
import { Watchdog } from '@marathon/guards';
import { id, inScope } from './scope.mjs';
const watchdog = new Watchdog({
  limitMs: ${limitMs}, handlerTimeoutMs: ${handlerTimeoutMs},
  handler: { module: new URL('./handler.mjs', import.meta.url), data: ${JSON.stringify(data)} },
});
const turn = (code) => new Promise((resolve) => {
  setImmediate(() => { watchdog.turnBegan(id); code(); });
  setImmediate(() => { watchdog.turnEnded(); resolve(); });
});
const spin = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
const waitForInput = () => readSync(0, new Uint8Array(1));
${code}`;
}

async function reports(): Promise<unknown[]> {
  const text = await readFile(path.join(packages.directory, 'reports'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

const untouched = { exitCode: 0, signal: null, stdout: 'went on\n', stderr: '' };

describe('Watchdog', () => {
  it('reports a loop that never ends, with its place, and ends the process with exit code 70 (W1)', async () => {
    const before = await reports();
    const source = watched(`process.on('exit', () => console.log('ran after the report'));
await watchdog.start();
await turn(() => inScope(function loop() {
  while (true) {}
}));`);
    const { exitCode, stdout, stderr } = await packages.run(source);
    expect({ exitCode, stdout }).toEqual({ exitCode: 70, stdout: '' });
    const line = source.split('\n').findIndex((text) => text.includes('while (true)')) + 1;
    const place = new RegExp(`program-[0-9a-f-]+\\.mjs:${line}:\\d+`);
    expect(stderr.replace(/file:.*\//, '').replace(place, 'the place')).toBe(
      `marathon: workflow code held the process for 200 ms at the place: run ${id} of workflow order-17 is suspended until it is resumed; the process ends, and other runs go on in the next owner of their shards\n`,
    );
    const after = await reports();
    expect(after.slice(before.length)).toEqual([{ runId: id, limitMs: 200, location: expect.stringMatching(place) }]);
  });

  it('sees microtasks that never end as one turn (W1)', async () => {
    const source = watched('await watchdog.start(); await turn(() => inScope(async () => { while (true) await null; }));');
    expect((await packages.run(source)).exitCode).toBe(70);
  });

  it('ends a process that is stuck outside of JavaScript by SIGKILL (W1)', async () => {
    const { ended } = await start(watched('await watchdog.start(); await turn(waitForInput);'));
    const { exitCode, signal, stderr } = await ended;
    expect({ exitCode, signal }).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(stderr).toContain(`for 200 ms: run ${id} of workflow order-17 is suspended`);
  });

  it.each([
    ['fails', 'fail', 'no database'],
    ['hangs', 'hang', 'no answer within 50 ms'],
  ] as const)('ends the process all the same when the handler %s (W2)', async (_what, behaviour, why) => {
    const source = watched('await watchdog.start(); await turn(() => { while (true); });', { behaviour, handlerTimeoutMs: 50 });
    const { exitCode, stderr } = await packages.run(source);
    expect(exitCode).toBe(70);
    expect(stderr).toContain(`run ${id} could not be marked suspended (${why}); the process ends`);
  });

  it('ends the process also without a handler (W1)', async () => {
    const source = `import { Watchdog } from '@marathon/guards';
import { id } from './scope.mjs';
const watchdog = new Watchdog({ limitMs: 200 });
await watchdog.start();
watchdog.turnBegan(id);
while (true);`;
    const { exitCode, stderr } = await packages.run(source);
    expect(exitCode).toBe(70);
    expect(stderr).toContain(`run ${id}; the process ends, and all runs with it`);
  });

  it('does not count the time in which the process was stopped (W3)', async () => {
    const limitMs = 1_000;
    const code = "await watchdog.start(); await turn(() => { console.log('in the turn'); waitForInput(); }); console.log('went on');";
    const { child, ended } = await start(watched(code, { limitMs }));
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await wait(limitMs * 1.5);
    child.kill('SIGCONT');
    child.stdin.write('x');
    expect(await ended).toEqual({ ...untouched, stdout: 'in the turn\nwent on\n' });
  });

  it('leaves a process alone in which a debugger listens (W4)', async () => {
    const source = watched("await watchdog.start(); await turn(() => spin(600)); console.log('went on');");
    const run = await packages.run(source, { nodeOptions: ['--inspect=127.0.0.1:0', ...nodeOptions] });
    expect(run.stderr).not.toContain('marathon');
    expect({ ...run, stderr: '' }).toEqual(untouched);
  });

  it('lets turns be that end in time, and keeps no process alive (W5)', async () => {
    const source = watched(
      'await watchdog.start(); for (let n = 0; n < 60; n++) await turn(async () => { await null; spin(20); }); console.log("went on");',
      { limitMs: 1_000 },
    );
    expect(await packages.run(source)).toEqual(untouched);
  });

  it('watches no more once it is stopped; may be stopped and started at any time', async () => {
    const source = watched(`
await watchdog.stop();
await Promise.all([watchdog.start(), watchdog.start()]);
await watchdog.stop();
await watchdog.stop();
await turn(() => spin(600));
await Promise.all([watchdog.start(), watchdog.stop()]);
await turn(() => spin(600));
console.log('went on');`);
    expect(await packages.run(source)).toEqual(untouched);
  });

  it('watches again when it is started again', async () => {
    const source = watched('await watchdog.start(); await watchdog.stop(); await watchdog.start(); await turn(() => { while (true); });');
    expect((await packages.run(source)).exitCode).toBe(70);
  });

  it('does not start without its handler', async () => {
    await packages.write('no-handler.mjs', 'export const nothing = 1;');
    const source = watched(`
await watchdog.start().catch((error) => console.log(error.name, error.message.replace(/file:.*\\//, '')));
await watchdog.stop();`);
    const run = await packages.run(source.replace('./handler.mjs', './no-handler.mjs'));
    expect(run).toEqual({ ...untouched, stdout: 'TypeError no-handler.mjs exports no function handleUnresponsiveRun\n' });
  });
});

/** A program whose stdin stays open. */
async function start(source: string): Promise<{ child: ChildProcessWithoutNullStreams; ended: Promise<ProgramRun> }> {
  const program = await packages.write(`program-${crypto.randomUUID()}.mjs`, source);
  const child = spawn(process.execPath, [...nodeOptions, program], { cwd: packages.directory, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, ...output }) as ProgramRun);
  return { child, ended };
}
