import { createHash } from 'node:crypto';

/** Tells a retried request from another one under the same key. */
export const fingerprintOf = (request: unknown): string => createHash('sha256').update(JSON.stringify(request)).digest('base64url');
