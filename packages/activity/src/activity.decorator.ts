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
export const Activity =
  (name?: string) =>
  <Method extends ActivityMethod>(target: object, key: string, descriptor: TypedPropertyDescriptor<Method>): void => {
    SetMetadata(nameKey, name ?? key)(target, key, descriptor);
  };

/** The name under which `Activity` marked a method. */
export const activityNameOf = (method: ActivityMethod): string | undefined => reflector.get<string | undefined>(nameKey, method);
