import { spawn } from 'node:child_process';
import { copyFile, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transform } from '@swc/core';

const packages = path.resolve(import.meta.dirname, '../..');

export interface ProgramRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Guards are loaded by `node --import`, and a test runner has globals of its own: what they do is seen only in real processes.
 * This makes a directory in which `@marathon/guards` resolves as it does once built, made of today's sources, with `scope.mjs`.
 */
export class CompiledPackages implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async create(): Promise<CompiledPackages> {
    const directory = await mkdtemp(path.join(tmpdir(), 'marathon-guards-'));
    await Promise.all(['core', 'guards'].map((name) => compilePackage(name, path.join(directory, 'node_modules/@marathon', name))));
    await copyFile(path.join(import.meta.dirname, 'scope.mjs'), path.join(directory, 'scope.mjs'));
    return new CompiledPackages(directory);
  }

  /** Writes `source` as an ES module beside the packages and returns its path. */
  async write(name: string, source: string): Promise<string> {
    const file = path.join(this.directory, name);
    await writeFile(file, source);
    return file;
  }

  /** Runs a program to its end, guards loaded first unless `nodeOptions` says otherwise. */
  async run(
    source: string,
    {
      nodeOptions = ['--import', '@marathon/guards/register'],
      env = {},
    }: { nodeOptions?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<ProgramRun> {
    const program = await this.write(`program-${crypto.randomUUID()}.mjs`, source);
    const child = spawn(process.execPath, [...nodeOptions, program], {
      cwd: this.directory,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    return await new Promise((resolve, reject) => {
      child.once('error', reject).once('close', (exitCode, signal) => resolve({ exitCode, signal, ...output }));
    });
  }

  /** Runs a program that prints one line of JSON. @throws Error with what it wrote to stderr when it fails. */
  async evaluate<Result>(source: string, options?: Parameters<CompiledPackages['run']>[1]): Promise<Result> {
    const { exitCode, stdout, stderr } = await this.run(source, options);
    if (exitCode !== 0) throw new Error(`the program ended with ${exitCode}:\n${stderr}`);
    return JSON.parse(stdout) as Result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}

async function compilePackage(name: string, target: string): Promise<void> {
  const source = path.join(packages, name);
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, 'package.json'), await readFile(path.join(source, 'package.json')));
  for await (const file of glob('src/**/*.ts', { cwd: source, exclude: (entry) => /spec\.ts$/.test(entry) })) {
    const output = path.join(target, file.replace(/^src/, 'dist').replace(/ts$/, 'js'));
    await mkdir(path.dirname(output), { recursive: true });
    await writeFile(output, await compile(path.join(source, file)));
  }
}

async function compile(file: string): Promise<string> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    filename: file,
    jsc: { target: 'es2024', parser: { syntax: 'typescript', decorators: true }, keepClassNames: true },
    module: { type: 'es6' },
  });
  return code;
}
