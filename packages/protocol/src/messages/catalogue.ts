import type { Message } from '@marathon/core';
import { activityAnnouncedCodecV1 } from './activity-announced/v1/codec.js';
import { activityCancelRequestedCodecV1 } from './activity-cancel-requested/v1/codec.js';
import { activityClaimAnsweredCodecV1 } from './activity-claim-answered/v1/codec.js';
import { activityClaimRequestedCodecV1 } from './activity-claim-requested/v1/codec.js';
import { activityDeferredCodecV1 } from './activity-deferred/v1/codec.js';
import { activityFinishedCodecV1 } from './activity-finished/v1/codec.js';
import { activityTaskCodecV1 } from './activity-task/v1/codec.js';
import { activityTaskCodecV2 } from './activity-task/v2/codec.js';
import { childClosedCodecV1 } from './child-closed/v1/codec.js';
import type { Codec } from './codec.js';
import { deadLetterCodecV1 } from './dead-letter/v1/codec.js';
import { leasesRenewedCodecV1 } from './leases-renewed/v1/codec.js';
import { queryRequestedCodecV1 } from './query-requested/v1/codec.js';
import { requestAcceptedCodecV1 } from './request-accepted/v1/codec.js';
import { resultAwaitedCodecV1 } from './result-awaited/v1/codec.js';
import { runAnsweredCodecV1 } from './run-answered/v1/codec.js';
import { runClosedCodecV1 } from './run-closed/v1/codec.js';
import { runEventsCodecV1 } from './run-events/v1/codec.js';
import { runStartedCodecV1 } from './run-started/v1/codec.js';
import { updateAwaitedCodecV1 } from './update-awaited/v1/codec.js';
import { updateOfferedCodecV1 } from './update-offered/v1/codec.js';

/** By message type: every version that this build reads, oldest first. It writes the last one. */
export const catalogue = {
  'run-started': [runStartedCodecV1],
  'request-accepted': [requestAcceptedCodecV1],
  'activity-finished': [activityFinishedCodecV1],
  'activity-deferred': [activityDeferredCodecV1],
  'activity-announced': [activityAnnouncedCodecV1],
  'activity-claim-requested': [activityClaimRequestedCodecV1],
  'leases-renewed': [leasesRenewedCodecV1],
  'result-awaited': [resultAwaitedCodecV1],
  'query-requested': [queryRequestedCodecV1],
  'update-awaited': [updateAwaitedCodecV1],
  'update-offered': [updateOfferedCodecV1],
  'child-closed': [childClosedCodecV1],
  'activity-task': [activityTaskCodecV1, activityTaskCodecV2],
  'activity-cancel-requested': [activityCancelRequestedCodecV1],
  'activity-claim-answered': [activityClaimAnsweredCodecV1],
  'run-closed': [runClosedCodecV1],
  'run-answered': [runAnsweredCodecV1],
  'run-events': [runEventsCodecV1],
  'dead-letter': [deadLetterCodecV1],
} as const satisfies { readonly [Kind in Message['kind']]: readonly Codec[] };
