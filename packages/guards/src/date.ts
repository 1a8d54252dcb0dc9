import { currentScope } from '@marathon/core';
import { dressAs, replaceInScope } from './guarded-function.js';

/**
 * In a run's scope the clock is the run's and the time zone is UTC, whatever the process has: the local methods of `Date` answer
 * as those with `UTC` in their names do. Refusing them instead would keep every date library out of workflow code.
 */
export function guardDate(): void {
  guardConstructor();
  replaceInScope(Date, 'now', (scope) => scope.now());
  replaceInScope(Date, 'parse', (_scope, original, self, [text]) => Reflect.apply(original, self, [withZone(String(text))]));
  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    answerInUtc(`get${part}`, `getUTC${part}`);
    if (part !== 'Day') answerInUtc(`set${part}`, `setUTC${part}`);
  }
  replaceInScope(Date.prototype, 'getTimezoneOffset', (_scope, _original, self) =>
    Number.isNaN((self as Date).getTime()) ? Number.NaN : 0,
  );
  replaceInScope(Date.prototype, 'getYear', (_scope, _original, self) => (self as Date).getUTCFullYear() - 1_900);
  replaceInScope(Date.prototype, 'setYear', (_scope, _original, self, [year]) => setYear(self as Date, Number(year)));
  replaceInScope(Date.prototype, 'toString', (_scope, _original, self) => print(self as Date, ({ date, time }) => `${date} ${time}`));
  replaceInScope(Date.prototype, 'toDateString', (_scope, _original, self) => print(self as Date, ({ date }) => date));
  replaceInScope(Date.prototype, 'toTimeString', (_scope, _original, self) => print(self as Date, ({ time }) => time));
}

function guardConstructor(): void {
  const Native = globalThis.Date;
  function GuardedDate(...args: unknown[]): unknown {
    const scope = currentScope();
    if (new.target === undefined) return scope === undefined ? Native() : new Native(scope.now()).toString();
    const target = new.target === GuardedDate ? Native : new.target;
    return Reflect.construct(Native, scope === undefined ? args : instant(args, scope.now()), target);
  }
  globalThis.Date = dressAs(GuardedDate, Native) as unknown as DateConstructor;
}

/** Constructor arguments that mean the same in every time zone. */
function instant(args: unknown[], nowMs: number): unknown[] {
  if (args.length === 0) return [nowMs];
  if (args.length > 1) return [Date.UTC(...(args as [number, number]))];
  return typeof args[0] === 'string' ? [withZone(args[0])] : args;
}

/** With a time and no zone, the ISO form means local time. A date alone means UTC already. */
const isoWithoutZone = /^\s*(?:\d{4}|[+-]\d{6})-\d\d(?:-\d\d)?T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*$/i;
const isoDate = /^\s*(?:\d{4}|[+-]\d{6})(?:-\d\d(?:-\d\d)?)?\s*$/;
/** A zone of any other form: its name, or an offset behind a time. */
const zone = /\b(?:Z|UTC?|GMT|[ECMP][SD]T)\b|\d\s*Z\b|:\d\d(?:\.\d+)?\s*(?:[AP]M\s*)?[+-]\s*\d/i;

function withZone(text: string): string {
  if (isoWithoutZone.test(text)) return `${text.trim()}Z`;
  const withoutComments = text.replace(/\([^)]*\)/g, ' ');
  return isoDate.test(text) || zone.test(withoutComments) ? text : `${withoutComments} UTC`;
}

function answerInUtc(local: string, utc: string): void {
  const method = Object.getOwnPropertyDescriptor(Date.prototype, utc)?.value as (...args: unknown[]) => unknown;
  replaceInScope(Date.prototype, local, (_scope, _original, self, args) => Reflect.apply(method, self, args));
}

function setYear(date: Date, year: number): number {
  const whole = Math.trunc(year);
  return date.setUTCFullYear(whole >= 0 && whole <= 99 ? 1_900 + whole : year);
}

/** As V8 prints a date in a process whose time zone is UTC. */
function print(date: Date, choose: (parts: { readonly date: string; readonly time: string }) => string): string {
  const parts = /^(\w+), (\d+) (\w+) (-?\d+) (\S+) GMT$/.exec(date.toUTCString());
  if (parts === null) return 'Invalid Date';
  const [, weekday, day, month, year, time] = parts;
  return choose({ date: `${weekday} ${month} ${day} ${year}`, time: `${time} GMT+0000 (Coordinated Universal Time)` });
}
