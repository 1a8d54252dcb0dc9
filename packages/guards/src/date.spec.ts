import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

const texts = [
  ...['2024-03-10T02:30:00', '2024-03-10T02:30', '2024-03-10', '2024-03', '2024', '+002024-03-10T02:30', '2024-03-10T02:30:00Z'],
  ...[
    '2024-03-10T02:30:00+02:00',
    '2024-03-10T02:30:00.123456',
    '2024-03-10 02:30',
    '2024-03-10 02:30:00 +0100',
    '2024/03/10',
    '3/10/2024',
  ],
  ...[
    'Mar 10, 2024',
    'March 10 2024 02:30 AM',
    '10 Mar 2024 14:00 PST',
    'Sun, 10 Mar 2024 02:30:00 GMT',
    'Sun Mar 10 2024 02:30:00 GMT+0200',
  ],
  ...[
    'Sun Mar 10 2024 02:30:00 (a comment)',
    'Sun Mar 10 2024 02:30:00 GMT-0500 (EST)',
    '2024-03-10t02:30',
    '2024-03-10T24:00',
    '10:00',
    'nonsense',
  ],
  ...['', '2024-13-01', '2024-03-10T02:30:00 nonsense', 'Mar 10 2024 2:30 PM +0100', '-000001-01-01T00:00', '1', '12'],
];

/** Reads and prints dates in every way. In a scope the process's zone is to make no difference. */
const program = (wrap: string): string => `
  import { inScope, print } from './scope.mjs';
  const run = ${wrap};
  const texts = ${JSON.stringify(texts)};
  const instants = [0, -1, 1e12, Date.UTC(2024, 2, 10, 7, 30, 5, 123), Date.UTC(5, 0, 1), -62198755200000, 8.64e15, -8.64e15, NaN];
  const getters = Object.getOwnPropertyNames(Date.prototype).filter((name) => /^get|^to(?!Temporal)/.test(name) && name !== 'toISOString');
  print(run(() => {
    const result = {};
    for (const text of texts) result['parse ' + text] = [Date.parse(text), +new Date(text)];
    for (const instant of instants) {
      const date = new Date(instant);
      for (const name of getters) result[name + ' ' + instant] = date[name]();
      result['text ' + instant] = [String(date), date + '', \`\${date}\`];
      result['set ' + instant] = [
        new Date(instant).setFullYear(2020, 1, 30), new Date(instant).setMonth(14, 2), new Date(instant).setDate(-3), new Date(instant).setHours(25, 61, 61, 1001),
        new Date(instant).setMinutes(70), new Date(instant).setSeconds(70), new Date(instant).setMilliseconds(-1), new Date(instant).setYear(99), new Date(instant).setYear(2001.5),
      ];
    }
    result.parts = [+new Date(2024, 2, 10, 2, 30), +new Date(2024, 14), +new Date(99, 0), +new Date(2024, 2, 10, 2, 30, 15, 999), +new Date(2024, NaN)];
    result.copies = [+new Date(new Date(5)), +new Date(7), +new Date(null), +new Date(undefined), +new Date(true)];
    return result;
  }));
`;

describe('Date', () => {
  it('reads and prints in a scope as a process in UTC does, whatever zone and locale the process has', async () => {
    const expected = await packages.evaluate(program('(code) => code()'), { nodeOptions: [], env: { TZ: 'UTC', LC_ALL: 'en_US.UTF-8' } });
    for (const TZ of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
      expect(await packages.evaluate(program('inScope'), { env: { TZ, LC_ALL: 'de_DE.UTF-8' } })).toEqual(expected);
    }
  });

  it('is the process’s outside of a scope, in its own zone', async () => {
    const env = { TZ: 'America/New_York', LC_ALL: 'de_DE.UTF-8' };
    const guarded = await packages.evaluate(program('(code) => code()'), { env });
    expect(guarded).toEqual(await packages.evaluate(program('(code) => code()'), { nodeOptions: [], env }));
    expect(guarded).not.toEqual(await packages.evaluate(program('inScope'), { env }));
  });

  it('shows the run’s time in a scope: as constructor, function, subclass and through an instance', async () => {
    const { inside, outside, startMs } = await packages.evaluate<{ inside: unknown[]; outside: number[]; startMs: number }>(`
      import { inScope, print, startMs } from './scope.mjs';
      class Day extends Date { get isDay() { return true; } }
      const now = Date.now;
      const ways = () => [
        +new Date(), Date.now(), now(), Date.parse(Date()), +new Day(), +new (new Date(0).constructor)(), +Reflect.construct(Date, []),
        new Day().isDay && new Day() instanceof Date && new Day() instanceof Day, new Date().constructor === Date, Date.name, Date.length,
      ];
      print({ inside: inScope(ways), outside: ways().slice(0, 7), startMs });
    `);
    const seconds = startMs - (startMs % 1_000);
    expect(inside).toEqual([startMs, startMs, startMs, seconds, startMs, startMs, startMs, true, true, 'Date', 7]);
    for (const instant of outside) expect(Math.abs(instant - Date.now())).toBeLessThan(60_000);
  });
});
