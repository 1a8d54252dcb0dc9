import type { z } from 'zod';

/** One row of the API, as the document is assembled from it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: { readonly schema: z.ZodType; readonly isRequired: boolean };
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** The statuses of the problems that it may answer beside 400, 500 and 503. */
  readonly problems: readonly number[];
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}
