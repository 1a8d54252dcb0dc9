// Writes the histories that e2e/histories lacks. One that is there is left as it is: it stands for what an earlier build recorded.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeHistoryFile } from '@marathon/protocol';
import { record, recordings } from './recordings.js';

const folder = path.resolve(import.meta.dirname, '../../histories');

for (const [kind, recording] of Object.entries(recordings)) {
  const file = path.join(folder, `${kind}.json`);
  if (existsSync(file)) continue;
  const { run, events } = await record(recording);
  let text = '';
  for await (const piece of writeHistoryFile(run, events)) text += piece;
  writeFileSync(file, text);
  console.log(`recorded ${file}`);
}
