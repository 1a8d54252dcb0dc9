import type { ActivityDefinition } from '@marathon/core';
import { SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/** A method with one input and a promised result, both with a JSON form. */
export type ActivityMethod = (input: never) => Promise<unknown>;

const nameKey = 'marathon:activity';
const reflector = new Reflector();

/**
 * Makes a method of a provider an activity that workflows call by `name` (1 to 200 characters; default: the method's own name, as
 * `ctx.activities<TheClass>()` expects). The worker finds it when the application starts; its class takes part in dependency
 * injection like any provider.
 */
export function Activity(name?: string): ActivityDecorator<ActivityMethod>;
/** Of a definition, which says its name and types: `@Activity(chargeCard)`. */
export function Activity<Input, Output>(
  definition: ActivityDefinition<Input, Output>,
): ActivityDecorator<(input: Input) => Promise<Output>>;
export function Activity(activity?: { readonly name: string } | string): ActivityDecorator<ActivityMethod> {
  return (target, key, descriptor) => {
    SetMetadata(nameKey, (typeof activity === 'object' ? activity.name : activity) ?? key)(target, key, descriptor);
  };
}

type ActivityDecorator<Of> = <Method extends Of>(target: object, key: string, descriptor: TypedPropertyDescriptor<Method>) => void;

/** The name under which `Activity` marked a method. */
export const activityNameOf = (method: ActivityMethod): string | undefined => reflector.get<string | undefined>(nameKey, method);
