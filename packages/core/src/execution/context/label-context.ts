import type { SearchAttributeValue } from '../../search/search-attributes.js';

/** How workflow code tells people where its run stands, and lets them find it. What it says is recorded and costs a small event. */
export interface LabelContext {
  /**
   * Says in a few words where the run stands, as lists and descriptions show it: at most 200 characters, and none for nothing.
   * Saying the same again is free.
   * @throws InvalidCommandError when it is no text, or a longer one.
   */
  setStatus(text: string): void;

  /**
   * Adds to the memo that was given at the start, or changes it; a member that is null is taken out. A description of the run shows
   * the memo as it is, and the next run of a continue-as-new begins with it.
   * @throws InvalidCommandError when it is no object, or when the memo would have more than 32 KiB of JSON.
   */
  upsertMemo(memo: Readonly<Record<string, unknown>>): void;

  /**
   * Adds to what the run can be found by, or changes it; an attribute that is null is taken out. A Date is an instant. At most 50
   * attributes, named by 1 to 64 of A-Z, a-z, 0-9 and "_", with 2 KiB each.
   * @throws InvalidCommandError naming the attribute that cannot be searched.
   */
  upsertSearchAttributes(attributes: Readonly<Record<string, SearchAttributeValue | Date | null>>): void;
}
