// Everything that a command of this repository needs before it can run: dependencies and built packages, renewed only where they are
// missing or stale. Runs on the Node that is there (20 or newer); what follows runs on the Node that the dependencies bring.
// Writes to stderr only: the standard output belongs to the command.
//
// The scripts of package.json run this and then `exec` the command itself, so that npm's child is the process that does the work: arguments,
// signals and the exit code need no forwarding. A Ctrl-C at a terminal arrives there twice, from the terminal and from npm, as it does in
// every npm script; a process that is shutting down ignores the second.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const binaries = join(root, 'node_modules/.bin');

install();
build();

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.installed-lock');
  if (existsSync(join(binaries, 'node')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing dependencies');
  // Not `npm ci`: it refuses a lock file that was written where the registry lacks packages of other platforms.
  // Engine warnings are about the Node that runs npm, not about the one that will run the code: only errors are shown.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], 'inherit');
  writeFileSync(stamp, wanted);
}

function build() {
  say('building what changed');
  run(join(binaries, 'turbo'), ['run', 'build', '--output-logs=errors-only'], 'pipe');
}

/** What a command prints is shown as it comes (`inherit`), or only when it fails (`pipe`). */
function run(command, args, output) {
  const stream = output === 'inherit' ? process.stderr : 'pipe';
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', stream, stream],
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PATH: [binaries, process.env.PATH].join(delimiter),
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      DO_NOT_TRACK: '1',
    },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  say(`${[command, ...args].join(' ')} failed: ${error?.message ?? signal ?? `exit code ${status}`}`);
  process.exit(status ?? 1);
}

function say(line) {
  process.stderr.write(`marathon: ${line}\n`);
}
