import { MarathonError, type Schema } from '@marathon/core';

/** A schema refuses what a test sends, as a gateway would: nothing is accepted. The message names the path. */
export class PayloadRefusedError extends MarathonError {
  readonly code = 'MARATHON_PAYLOAD_INVALID';
}

/** @throws PayloadRefusedError when the value does not fit. */
export async function mustFit(what: string, schema: Schema | undefined, value: unknown): Promise<void> {
  const { issues } = (await schema?.['~standard'].validate(value)) ?? {};
  if (!issues) return;
  const shown = issues.map(({ path = [], message }) => {
    const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    return keys.length === 0 ? message : `/${keys.join('/')}: ${message}`;
  });
  throw new PayloadRefusedError(`${what} is refused: ${shown.join('; ')}`);
}
