import { refuseSearchAttributes, type SearchAttributes, searchAttributeBytesMax, searchAttributesMax } from '@marathon/core';
import { z } from 'zod';

/** Names and values that a run can be found by. */
export const SearchAttributesField = z
  .custom<SearchAttributes>()
  .superRefine((value, { addIssue }) => {
    const refusal = refuseSearchAttributes(value);
    if (refusal) addIssue({ code: 'custom', path: refusal.name === undefined ? [] : [refusal.name], message: refusal.message });
  })
  .meta({
    id: 'SearchAttributes',
    type: 'object',
    maxProperties: searchAttributesMax,
    propertyNames: { pattern: '^[A-Za-z0-9_]{1,64}$' },
    additionalProperties: {
      anyOf: [
        { type: 'string', maxLength: searchAttributeBytesMax },
        { type: 'number' },
        { type: 'boolean' },
        { type: 'array', items: { type: 'string' } },
      ],
    },
    examples: [{ amount: 120, region: 'eu', dueAt: '2025-11-21T08:00:00Z', tags: ['new', 'large'] }],
  });
