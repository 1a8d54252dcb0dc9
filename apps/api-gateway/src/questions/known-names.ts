/** What a run has instead of what was asked for, in words. */
export const knownNames = (names: readonly string[]): string => (names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`);
