import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

const program = (wrap: string): string => `
  import { inScope, print, startMs } from './scope.mjs';
  const run = ${wrap};
  print(run(() => {
    const date = new Date(startMs);
    return {
      date: [date.toLocaleString(), date.toLocaleDateString(), date.toLocaleTimeString(), date.toLocaleString([]), date.toLocaleString('xx-unknown')],
      options: [date.toLocaleDateString(undefined, { dateStyle: 'full' }), date.toLocaleString('de', { timeZone: 'Asia/Tokyo' }), date.toLocaleTimeString('fr', {})],
      formatter: [new Intl.DateTimeFormat().format(date), Intl.DateTimeFormat().formatToParts(date).length, new Intl.DateTimeFormat('ja').format(date)],
      resolved: Object.entries(Intl.DateTimeFormat().resolvedOptions()).filter(([key]) => key !== 'calendar'),
      numbers: [(1234.5).toLocaleString(), 12345n.toLocaleString(), new Intl.NumberFormat().format(1234.5), [1234.5, date].toLocaleString(), (1234.5).toLocaleString('de')],
      texts: ['ä'.localeCompare('z'), 'I'.toLocaleLowerCase(), 'i'.toLocaleUpperCase(), 'i'.toLocaleUpperCase('tr'), new Intl.Collator().resolvedOptions().locale],
      others: [new Intl.PluralRules(), new Intl.ListFormat(), new Intl.RelativeTimeFormat(), new Intl.Segmenter(), new Intl.DurationFormat()].map((it) => it.resolvedOptions().locale.slice(0, 2)),
      kinds: [new Intl.NumberFormat() instanceof Intl.NumberFormat, new Intl.Collator().constructor === Intl.Collator, new (class extends Intl.DateTimeFormat {})().format(date)],
    };
  }));
`;

describe('locale and time zone', () => {
  it('are en-US and UTC in a scope where code names none', async () => {
    const expected = await packages.evaluate(program('(code) => code()'), { nodeOptions: [], env: { TZ: 'UTC', LC_ALL: 'en_US.UTF-8' } });
    expect(await packages.evaluate(program('inScope'), { env: { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8' } })).toEqual(expected);
  });

  it('are the process’s outside of a scope', async () => {
    const env = { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8' };
    const guarded = await packages.evaluate(program('(code) => code()'), { env });
    expect(guarded).toEqual(await packages.evaluate(program('(code) => code()'), { nodeOptions: [], env }));
    expect(guarded).not.toEqual(await packages.evaluate(program('inScope'), { env }));
  });

  it('format the run’s present moment when no date is given', async () => {
    const { inside, outside } = await packages.evaluate<{ inside: string[]; outside: string[] }>(`
      import { inScope, print } from './scope.mjs';
      const made = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });
      const { format } = made;
      const ways = () => [made.format(), format(), format(undefined), made.formatToParts().map(({ value }) => value).join('')].map((text) => text.replace(/\\s/g, ' '));
      print({ inside: inScope(ways), outside: ways() });
    `);
    expect(inside).toEqual(Array(4).fill('2/29/24, 11:30:15 PM'));
    for (const text of outside) expect(inside).not.toContain(text);
  });
});
