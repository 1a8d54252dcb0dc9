import { InvalidCommandError } from '../errors.js';

/** @throws InvalidCommandError when it is no text of 1 to 200 characters. */
export function mustBeName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name.length < 1 || name.length > 200) {
    throw new InvalidCommandError(`the name of ${what} must be a text of 1 to 200 characters`);
  }
}

/** What goes to another run is written as clients write it. */
export function mustBeSendable(what: string, name: unknown): void {
  if (typeof name === 'string' && /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,200}$/u.test(name)) return;
  throw new InvalidCommandError(`${what} must be a text of 1 to 200 characters, without control characters`);
}
