import { digest } from '../../digest.js';
import { isLimited } from '../../limits/limit-options.js';
import { encodePayload, type Payload } from '../../payload.js';
import { firstItemMin, itemsOfRunMax } from '../../run/item-event.js';
import { mapConcurrencyDefault, mapConcurrencyMax, mapItemCharsMax, mapItemsMax, openItemCharsMax } from '../../run/map-limits.js';
import type { ScheduleMapCommand } from '../command.js';
import type { ActivityDefinition } from '../definition/activity-definition.js';
import { mustFit } from '../definition/payload-check.js';
import type { Schema } from '../definition/schema.js';
import { InvalidCommandError, MapTooLargeError } from '../errors.js';
import { Wait } from '../wait.js';
import { type ActivityCallOptions, activityOptions } from './activity-call.js';
import { calledActivity, merged } from './activity-proxies.js';
import type { CommandSink } from './command-sink.js';
import type { MapOptions } from './map-context.js';
import { mustBeName } from './names.js';

const never = new Promise<never>(() => {});

const itemsTooLarge = `the items of a map have more than ${mapItemCharsMax} characters of JSON: let items say where what is large is stored`;

const openItemsTooLarge = `the items of the open maps of a run have more than ${openItemCharsMax} characters of JSON: await one before the next`;

/** The maps of a run: each knows how many items there were before its own. */
export class MapCalls {
  private itemCount = 0;
  /** Of the items of those that are open. */
  private openChars = 0;

  constructor(private readonly execution: CommandSink) {}

  /** @throws InvalidCommandError naming the option that makes no sense, PayloadInvalidError naming the item, MapTooLargeError. */
  map(items: readonly unknown[], activity: AnyMapped, own: MapOptions = {}): Promise<unknown> {
    const { name, options, input, result } = activityOf(activity);
    const { concurrency = mapConcurrencyDefault, settle = false, ...call } = own;
    mustBeConcurrency(concurrency);
    mustBeUnlimited(name, { ...options, ...call });
    const { encoded, chars } = encodeItems(items, name, input);
    if (this.itemCount + encoded.length > itemsOfRunMax)
      throw new MapTooLargeError(`the maps of a run have more than ${itemsOfRunMax} items`);
    if (this.openChars + chars > openItemCharsMax) throw new MapTooLargeError(openItemsTooLarge);
    if (!this.execution.mayIssue(`ctx.map("${name}")`)) return never;
    if (encoded.length === 0) return Promise.resolve([]);
    const wait = new Wait('map', name);
    wait.schema = result;
    wait.settles = settle;
    const command: ScheduleMapCommand = {
      kind: 'ScheduleMap',
      activity: name,
      items: encoded,
      firstItem: firstItemMin + this.itemCount,
      // No JSON text has a line break.
      digest: digest(encoded.join('\n')),
      concurrency,
      settles: settle,
      options: activityOptions(merged(options, call)),
      wait,
    };
    this.itemCount += encoded.length;
    this.openChars += chars;
    const close = () => {
      this.openChars -= chars;
    };
    wait.promise.then(close, close);
    this.execution.issue(command, `ctx.map("${name}")`);
    return wait.promise;
  }
}

/** What a map is given, whatever its types. */
export type AnyMapped = ActivityDefinition | ((item: never) => Promise<unknown>) | string;

interface Mapped extends Pick<ActivityDefinition, 'name' | 'input' | 'result'> {
  readonly options?: ActivityCallOptions | undefined;
}

function activityOf(activity: AnyMapped): Mapped {
  const mapped = typeof activity === 'string' ? { name: activity } : definitionOf(activity);
  if (!mapped) throw new InvalidCommandError('a map needs the definition of an activity, an activity of ctx.activities(), or a name');
  mustBeName('an activity', mapped.name);
  return mapped;
}

const definitionOf = (activity: Exclude<AnyMapped, string>): Mapped | undefined =>
  typeof activity === 'object' && activity?.kind === 'activity' ? activity : calledActivity(activity);

/** Its items are no events, and do not stand in line. */
function mustBeUnlimited(activity: string, options: ActivityCallOptions): void {
  if (!isLimited(options)) return;
  const message =
    'the items of a map come under no limit: leave concurrency, rateLimit, priority and fairnessKey out, and bound the map by its own concurrency';
  throw new InvalidCommandError(`ctx.map("${activity}"): ${message}`);
}

function mustBeConcurrency(concurrency: number): void {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1 && concurrency <= mapConcurrencyMax) return;
  throw new InvalidCommandError(`concurrency is ${concurrency}: it must be a whole number from 1 to ${mapConcurrencyMax}`);
}

interface EncodedItems {
  readonly encoded: readonly (Payload | undefined)[];
  /** Of all of them. */
  readonly chars: number;
}

function encodeItems(items: readonly unknown[], activity: string, schema: Schema | undefined): EncodedItems {
  if (!Array.isArray(items)) throw new InvalidCommandError('the items of a map must be an array');
  if (items.length > mapItemsMax) throw new MapTooLargeError(`a map has ${items.length} items: at most ${mapItemsMax} are allowed`);
  let chars = 0;
  const encoded = Array.from(items, (item: unknown, i) => {
    const what = `item ${i} of the map of activity "${activity}"`;
    const encoded = encodePayload(item, what);
    chars += encoded?.length ?? 0;
    if (chars > mapItemCharsMax) throw new MapTooLargeError(itemsTooLarge);
    mustFit(schema, encoded, what);
    return encoded;
  });
  return { encoded, chars };
}
