// One build of a system, in one process: of its workflow, or with `--strict` of the same with a contract.
import { parseArgs } from 'node:util';
import { startStandalone } from '@marathon/standalone';
import { lenientProfile, strictProfile } from './profile.workflow.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string', default: '.marathon' },
    strict: { type: 'boolean', default: false },
  },
});

const askedToEnd = new Promise((resolve) => process.on('SIGTERM', resolve).once('disconnect', resolve));
const system = await startStandalone({
  port: Number(values.port),
  dataDirectory: values.data,
  workflows: [values.strict ? strictProfile : lenientProfile],
});
process.send?.({ url: system.url });
await askedToEnd;
await system.stop();
process.exit();
