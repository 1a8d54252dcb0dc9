import type { ActivityCallOptions } from './activity-call.js';

/** A method with one input, or none, as a workflow calls it: through the run's history. */
export type ActivityProxy<Method> = Method extends (...input: infer Input) => infer Output
  ? (...call: [...input: InputOf<Input>, options?: ActivityCallOptions]) => Promise<Awaited<Output>>
  : never;

/** The activities of an interface or a class, by the names of its methods. */
export type ActivityProxies<Activities> = {
  readonly [Name in keyof Activities as Activities[Name] extends (input: never) => unknown ? Name : never]: ActivityProxy<Activities[Name]>;
};

/** Of a method without an input the place is kept, so that options always come second. */
type InputOf<Input extends readonly unknown[]> = Input extends readonly [] ? [input?: undefined] : Input;

type ActivityFunction = (input?: unknown, options?: ActivityCallOptions) => Promise<unknown>;
/** Whoever is given a proxy instead of calling it can tell whose it is. */
const nameKey = Symbol('activity');
const optionsKey = Symbol('options');
type ProxiedActivity = ActivityFunction & { [nameKey]?: string; [optionsKey]?: ActivityCallOptions | undefined };

/** What a function calls that came from a proxy; nothing for any other. */
export function calledActivity(proxy: unknown): { readonly name: string; readonly options: ActivityCallOptions | undefined } | undefined {
  const { [nameKey]: name, [optionsKey]: options } = (typeof proxy === 'function' ? proxy : {}) as ProxiedActivity;
  return name === undefined ? undefined : { name, options };
}

type CallActivity = (name: string, input: unknown, options: ActivityCallOptions | undefined) => Promise<unknown>;

/** What others look for in any object; taken for activities, a proxy that is awaited or printed would schedule work. */
const notActivities: ReadonlySet<PropertyKey> = new Set(['then', 'toJSON']);

/** Functions that call the activities of their own names. What a call says goes before what the proxy says. */
export function activityProxies(call: CallActivity, options: ActivityCallOptions | undefined): Readonly<Record<string, ActivityFunction>> {
  return new Proxy<Record<string, ActivityFunction>>(Object.create(null), {
    get: (_, name) => {
      if (typeof name === 'symbol' || notActivities.has(name)) return undefined;
      const proxy: ProxiedActivity = (input, own) => call(name, input, merged(options, own));
      proxy[nameKey] = name;
      proxy[optionsKey] = options;
      return proxy;
    },
  });
}

export function merged(options: ActivityCallOptions | undefined, own: ActivityCallOptions | undefined): ActivityCallOptions | undefined {
  if (!options || !own) return own ?? options;
  return { ...options, ...own, ...(options.retry && own.retry && { retry: { ...options.retry, ...own.retry } }) };
}
