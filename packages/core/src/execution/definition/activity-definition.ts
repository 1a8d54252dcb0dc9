import type { ActivityCallOptions } from '../context/activity-call.js';
import type { Schema } from './schema.js';

declare const types: unique symbol;

/** An activity by its name, its types, and perhaps its schemas: what a workflow calls and a worker implements. */
export interface ActivityDefinition<Input = unknown, Output = unknown> {
  readonly kind: 'activity';
  readonly name: string;
  /** What a call must fit. */
  readonly input?: Schema<Input>;
  /** What a result must fit: another one is a failure that nothing retries. */
  readonly result?: Schema<Output>;
  /** Exists in types only. */
  readonly [types]?: { readonly input: Input; readonly output: Output };
}

/** The input may be left out of an activity that has none; options come second. */
export type ActivityArguments<Input> = undefined extends Input
  ? [input?: Input, options?: ActivityCallOptions]
  : [Input] extends [void]
    ? [input?: undefined, options?: ActivityCallOptions]
    : [input: Input, options?: ActivityCallOptions];
