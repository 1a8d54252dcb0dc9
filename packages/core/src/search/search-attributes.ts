/**
 * What a run can be found by beside its own fields. The type of a value is that of its JSON form; a text that is a whole ISO 8601
 * instant with its zone (`2025-11-21T08:00:00Z`) is compared as an instant.
 */
export type SearchAttributeValue = string | number | boolean | readonly string[];

/** By name. A run has the whole set or none; what changes it writes the whole set anew. */
export type SearchAttributes = Readonly<Record<string, SearchAttributeValue>>;

export const searchAttributesMax = 50;
export const searchAttributeBytesMax = 2_048;
export const searchAttributeNamePattern = /^[A-Za-z0-9_]{1,64}$/;

export interface SearchAttributesRefusal {
  /** Of the attribute; absent when it is about all of them. */
  readonly name?: string;
  /** Follows the name: `must be …`. */
  readonly message: string;
}

/** What keeps the value from being a set of search attributes; `undefined` when nothing does. */
export function refuseSearchAttributes(value: unknown): SearchAttributesRefusal | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { message: 'must be an object' };
  const attributes = Object.entries(value);
  if (attributes.length > searchAttributesMax) return { message: `must have at most ${searchAttributesMax} members` };
  for (const [name, attribute] of attributes) {
    const message = searchAttributeNamePattern.test(name)
      ? refuseValue(attribute)
      : 'must be named by 1 to 64 of the characters A-Z, a-z, 0-9 and "_"';
    if (message !== undefined) return { name, message };
  }
  return undefined;
}

function refuseValue(value: unknown): string | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be a finite number';
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === 'string')) return 'must be a text, a number, a boolean or a list of texts';
  if (!texts.every(isSearchable)) return 'must have neither U+0000 nor half a surrogate pair';
  const bytes = utf8Length(Array.isArray(value) ? JSON.stringify(value) : String(value));
  return bytes > searchAttributeBytesMax ? `must have at most ${searchAttributeBytesMax} bytes, and has ${bytes}` : undefined;
}

/** Whether a text can be stored and compared as it is. */
export const isSearchable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
