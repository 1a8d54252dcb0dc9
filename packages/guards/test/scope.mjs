// What programs under test need: a run's scope that gives fixed values and notes what it is told.
import { NonDeterministicCallError, runId, runScope } from '@marathon/core';

export const id = runId('01890a5d-ac96-774b-bcce-b302099a8057');
export const startMs = Date.UTC(2024, 1, 29, 23, 30, 15, 250);
export const violations = [];
export const rejections = [];

let draws = 0;

export const scope = {
  runId: id,
  now: () => startMs,
  random: () => (draws++ % 10) / 10,
  randomBytes: (length) => new Uint8Array(length).fill(7),
  uuid: () => '00000000-0000-4000-8000-000000000007',
  violated(call, remedy) {
    violations.push(call);
    return new NonDeterministicCallError(call, remedy);
  },
  rejected(reason) {
    rejections.push({ reason: reason instanceof Error ? reason.message : reason, stillInScope: runScope.getStore() !== undefined });
  },
};

export const inScope = (code) => runScope.run(scope, code);

/** What the guard threw, or what the code gave. */
export async function outcomeInScope(code) {
  try {
    return { value: await inScope(code) };
  } catch (error) {
    return { code: error.code, call: error.call, message: error.message };
  }
}

export const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
