import { endedByUser } from '@marathon/host';
import { commandLine } from './command-line.js';
import { run } from './run.js';
import { serve } from './serve.js';

const signal = endedByUser();

await commandLine({
  serve: (options) => serve(options, signal),
  run: async (options) => console.log(JSON.stringify(await run(options, signal))),
})
  .parseAsync()
  .catch((error: unknown) => {
    if (!signal.aborted) console.error(error);
    process.exitCode = 1;
  });
process.exit();
