// The system in one process, which dies where it is told to.
import { parseArgs } from 'node:util';
import { MarathonLogger } from '@marathon/host';
import { startStandalone } from '@marathon/standalone';
import { Bomb } from './bomb.js';
import { crashActivities } from './crash.activities.js';
import { crashWorkflows } from './crash.workflows.js';
import { dyingAdapters } from './dying-adapters.js';
import { hostileWorkflows } from './hostile.workflows.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    database: { type: 'string' },
    /** `P6:2`: see the table of crash points. */
    'crash-at': { type: 'string' },
  },
});

const bomb = values['crash-at'] === undefined ? new Bomb() : Bomb.parse(values['crash-at']);
const system = await startStandalone({
  port: Number(values.port),
  ...(values.data !== undefined && { dataDirectory: values.data }),
  ...(values.database !== undefined && { databaseUrl: values.database }),
  workflows: [...crashWorkflows(bomb), ...hostileWorkflows],
  activities: [crashActivities(bomb)],
  logger: new MarathonLogger({ level: 'info', format: 'text' }),
  adapt: (adapters) => dyingAdapters(bomb, adapters),
});

const end = () => void system.stop().finally(() => process.exit());
process.once('SIGTERM', end).once('disconnect', end);
process.send?.({ url: system.url });
