import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../docs/page.js';
import { makeTestDirectory } from '../system/test-directory.js';

/** What a new user begins with; nothing above it knows this repository. */
export class EmptyFolder {
  readonly path = makeTestDirectory();

  /**
   * Installs as a user would, with the client of the registry. Versions are those of the lock file of this repository, so that
   * everything that was installed for it comes out of npm's cache.
   */
  install(packages: readonly string[]): void {
    this.write({ 'package.json': '{ "name": "my-app", "private": true, "type": "module" }', 'package-lock.json': lockFile() });
    this.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...packages]);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.path, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  /** What the command prints. @throws Error with all that it printed when it fails */
  run(command: string, args: readonly string[]): string {
    try {
      return execFileSync(command, args, { cwd: this.path, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
    }
  }

  compile(folder: string): void {
    this.run('node_modules/.bin/tsc', ['-p', folder]);
  }

  /** Starts a program of the user; resolves when it has printed `ready`. */
  async start(args: readonly string[], env: NodeJS.ProcessEnv, ready: string): Promise<ChildProcess> {
    const child = spawn('node', args, { cwd: this.path, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes(ready)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`it ended before it printed "${ready}":\n${printed}`)));
    });
    return child;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** That of this repository, without what is its own. */
function lockFile(): string {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: true }>;
  };
  const ofRegistry = Object.entries(packages).filter(([place, { link }]) => place.startsWith('node_modules/') && !link);
  return JSON.stringify({ lockfileVersion: 3, requires: true, packages: { '': { name: 'my-app' }, ...Object.fromEntries(ofRegistry) } });
}
