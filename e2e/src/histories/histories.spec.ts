import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readHistoryFile } from '@marathon/protocol';
import { replay } from '@marathon/testing';
import { fixture, recordedKinds } from './recordings.js';

const folder = path.resolve(import.meta.dirname, '../../histories');
const files = readdirSync(folder).sort();
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

// A kind without a file: add how it comes about to recordings.ts, build, and run `node e2e/dist/histories/record.main.js`.
describe('recorded histories', () => {
  it('stand for every kind of command there is, and for every outcome', () => {
    const missing = recordedKinds.filter((kind) => !files.includes(`${kind}.json`));
    expect(missing).toEqual([]);
  });

  it.each(files)('%s has such an event, and is replayed by the code of today', async (file) => {
    const history = readHistoryFile(read(file));
    expect(history.events.map(({ type }) => type)).toContain(path.basename(file, '.json'));
    await replay(history, fixture(history.run.workflow));
  });
});
