/** Items of a map. */
export const mapItemsMax = 1_000_000;
/** Characters of JSON of all items together. */
export const mapItemCharsMax = 16 * 1024 * 1024;
/** Characters of JSON of the items of all open maps of a run. */
export const openItemCharsMax = 32 * 1024 * 1024;
/** Characters of JSON of all results together. */
export const mapResultCharsMax = 32 * 1024 * 1024;
/** Items that are worked on at a time. */
export const mapConcurrencyMax = 1_000;
export const mapConcurrencyDefault = 100;

/** Of one page of items, as it is stored. */
export const mapPageItemsMax = 1_000;
export const mapPageCharsMax = 256 * 1024;
