import type { LimitOptions } from '../limits/limit-options.js';
import type { SearchAttributes } from '../search/search-attributes.js';

/** What becomes of a child when its parent closes, however that does. */
export type ParentClosePolicy = 'terminate' | 'cancel' | 'abandon';

/** As it stands in a history: what is absent has its default, so that defaults may never change. */
export interface RecordedChildOptions extends LimitOptions {
  /** Default: the parent's own when the workflow is registered there, or else the only one where it is. */
  readonly taskQueue?: string;
  /** Default `terminate`. */
  readonly parentClosePolicy?: ParentClosePolicy;
  readonly runTimeoutMs?: number;
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly searchAttributes?: SearchAttributes;
}
