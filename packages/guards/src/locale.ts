import { currentScope } from '@marathon/core';
import { type AnyFunction, dressAs, replaceInScope } from './guarded-function.js';

const locale = 'en-US';
const timeZone = 'UTC';

type Locales = string | Intl.Locale | readonly (string | Intl.Locale)[] | undefined;
type IntlClass = AnyFunction & { supportedLocalesOf(locales: unknown): string[]; readonly prototype: object };

/**
 * What takes the process's locale and time zone when code names none takes `en-US` and `UTC` in a run's scope. What code names is
 * honoured. A formatter that was made while a module loaded keeps the process's.
 */
export function guardLocale(): void {
  const { Collator, DateTimeFormat, NumberFormat } = Intl as unknown as Record<string, IntlClass> & {
    Collator: IntlClass;
    DateTimeFormat: IntlClass;
    NumberFormat: IntlClass;
  };
  for (const name of Object.getOwnPropertyNames(Intl)) guardIntlClass(name);
  guardFormattingOfNow();
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
    defaultLocale(Date.prototype, name, DateTimeFormat, 0, withTimeZone);
  defaultLocale(Number.prototype, 'toLocaleString', NumberFormat, 0);
  defaultLocale(BigInt.prototype, 'toLocaleString', NumberFormat, 0);
  defaultLocale(String.prototype, 'localeCompare', Collator, 1);
  defaultLocale(String.prototype, 'toLocaleLowerCase', Collator, 0);
  defaultLocale(String.prototype, 'toLocaleUpperCase', Collator, 0);
}

function guardIntlClass(name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(Intl, name);
  const native = descriptor?.value as IntlClass | undefined;
  if (typeof native !== 'function' || !('supportedLocalesOf' in native)) return;
  const guarded: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
    const actual =
      currentScope() === undefined ? args : withDefaults(args, native, 0, name === 'DateTimeFormat' ? withTimeZone : undefined);
    if (new.target === undefined) return Reflect.apply(native, this, actual);
    return Reflect.construct(native, actual, new.target === guarded ? native : new.target);
  };
  Object.defineProperty(Intl, name, { ...descriptor, value: dressAs(guarded, native) });
}

function defaultLocale(holder: object, name: string, service: IntlClass, position: number, options?: (options: unknown) => unknown): void {
  replaceInScope(holder, name, (_scope, original, self, args) =>
    Reflect.apply(original, self, withDefaults(args, service, position, options)),
  );
}

/** @param position of the locales among the arguments; the options follow them. */
function withDefaults(args: unknown[], service: IntlClass, position: number, withOptions?: (options: unknown) => unknown): unknown[] {
  const actual = [...args];
  const locales = args[position] as Locales;
  // What the service does not support would become the process's locale.
  if (locales === undefined || service.supportedLocalesOf(locales).length === 0) actual[position] = locale;
  if (withOptions !== undefined) actual[position + 1] = withOptions(args[position + 1]);
  return actual;
}

function withTimeZone(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options === undefined ? { timeZone } : options;
  return (options as Intl.DateTimeFormatOptions).timeZone === undefined ? { ...options, timeZone } : options;
}

/** `format()` without an argument formats the present moment. */
function guardFormattingOfNow(): void {
  const { prototype } = Intl.DateTimeFormat;
  replaceInScope(prototype, 'formatToParts', (scope, original, self, [date = scope.now()]) => Reflect.apply(original, self, [date]));
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'format');
  const bound = new WeakMap<object, (date?: unknown) => string>();
  Object.defineProperty(prototype, 'format', {
    ...descriptor,
    get(this: Intl.DateTimeFormat): (date?: unknown) => string {
      const native = descriptor?.get?.call(this) as (date?: unknown) => string;
      let format = bound.get(native);
      if (format === undefined) {
        format = dressAs((date?: unknown) => native(date === undefined ? currentScope()?.now() : date), native);
        bound.set(native, format);
      }
      return format;
    },
  });
}
