import type { EventData, HistoryEvent, TypedEvent } from '../history/event.js';
import { encodePayload, type Payload, smallPayloadCharsMax } from '../payload.js';
import type { SearchAttributes } from '../search/search-attributes.js';

/** What a run says of itself to people: not to its code, and not to the engine. */
export interface Labels {
  /** What its code said last of where it stands. */
  readonly statusText: string | undefined;
  readonly memo: Readonly<Record<string, unknown>> | undefined;
  readonly searchAttributes: SearchAttributes | undefined;
}

export type LabelEventType = 'StatusSet' | 'MemoUpserted' | 'SearchAttributesUpserted';

/** An event that changes labels, without its place. */
export type LabelChange = { [Type in LabelEventType]: { readonly type: Type; readonly data: EventData[Type] } }[LabelEventType];

export const isLabelChange = (event: HistoryEvent): event is { [Type in LabelEventType]: TypedEvent<Type> }[LabelEventType] =>
  event.type === 'StatusSet' || event.type === 'MemoUpserted' || event.type === 'SearchAttributesUpserted';

export const noLabels: Labels = { statusText: undefined, memo: undefined, searchAttributes: undefined };

export const initialLabels = ({ memo, searchAttributes }: EventData['WorkflowStarted']): Labels => ({
  statusText: undefined,
  memo,
  searchAttributes,
});

export function changeLabels(labels: Labels, change: LabelChange): Labels {
  switch (change.type) {
    case 'StatusSet':
      return { ...labels, statusText: change.data.status };
    case 'MemoUpserted':
      return { ...labels, memo: merged(labels.memo, change.data.memo) };
    case 'SearchAttributesUpserted':
      return { ...labels, searchAttributes: merged(labels.searchAttributes, change.data.searchAttributes) as SearchAttributes };
  }
}

/** A member that is null is taken out. */
function merged(
  known: Readonly<Record<string, unknown>> | undefined,
  changed: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ ...known, ...changed }).filter(([, value]) => value !== null));
}

/** What a commit writes of them. */
export function changedLabels(
  before: Labels,
  { statusText, memo, searchAttributes }: Labels,
): { readonly statusText?: string; readonly memo?: Payload; readonly searchAttributes?: SearchAttributes } {
  const encoded = memo === before.memo ? undefined : encodePayload(memo, 'the memo', smallPayloadCharsMax);
  return {
    ...(statusText !== undefined && statusText !== before.statusText && { statusText }),
    ...(encoded !== undefined && { memo: encoded }),
    ...(searchAttributes !== undefined && searchAttributes !== before.searchAttributes && { searchAttributes }),
  };
}
