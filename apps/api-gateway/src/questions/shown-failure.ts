import type { Failure } from '@marathon/core';
import { type WireFailure, writeFailure } from '@marathon/protocol';

/** A failure as problem details show it. */
export const shownFailure = (failure: Failure): WireFailure => JSON.parse(writeFailure(failure)) as WireFailure;
