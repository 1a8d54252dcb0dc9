import { isReference, payloadReference, readReference, type TaskMessage } from '@marathon/core';
import type { Codec } from '../../codec.js';
import { activityTaskCodecV1 } from '../v1/codec.js';
import { activityTaskV2 } from './schema.js';

/** A task whose input stands in it is written as version 1, which every worker reads. */
export const activityTaskCodecV2: Codec<TaskMessage, typeof activityTaskV2> = {
  type: 'activity-task',
  version: 2,
  schema: activityTaskV2,
  encode(message) {
    const { input, inputAddress: url = '', ...plain } = message;
    if (!isReference(input)) return activityTaskCodecV1.encode(message);
    const { value, ...to } = activityTaskCodecV1.encode(plain);
    return { ...to, value: JSON.stringify({ ...JSON.parse(value), v: 2, inputAddress: { url, ...readReference(input) } }) };
  },
  decode({ inputAddress: { url, ...referred }, ...plain }, origin) {
    return { ...activityTaskCodecV1.decode({ ...plain, v: 1 }, origin), input: payloadReference(referred), inputAddress: url };
  },
};
