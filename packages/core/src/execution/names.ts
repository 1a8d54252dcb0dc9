import { InvalidCommandError } from './errors.js';

/** @throws InvalidCommandError when it is no text of 1 to 200 characters. */
export function mustBeName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name.length < 1 || name.length > 200) {
    throw new InvalidCommandError(`the name of ${what} must be a text of 1 to 200 characters`);
  }
}
