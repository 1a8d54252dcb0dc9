import type { RegisteredContract, RegisteredInteraction, RegisteredSchema } from '@marathon/core';

/** What may be sent to the runs of a workflow, ready to be checked. */
export interface Contract {
  readonly input: PayloadRule | undefined;
  readonly signals: Rules;
  readonly queries: Rules;
  readonly updates: Rules;
}

/** By name. Absent when the workflow does not say which there are. */
export type Rules = ReadonlyMap<string, PayloadRule | undefined> | undefined;

export interface PayloadRule {
  /** The text of a JSON Schema. */
  readonly schema: string;
  readonly isOptional: boolean;
}

export function parseContract(text: string): Contract {
  const { input, signals, queries, updates } = JSON.parse(text) as RegisteredContract;
  return { input: ruleOf(input), signals: rulesOf(signals), queries: rulesOf(queries), updates: rulesOf(updates) };
}

const rulesOf = (interactions: readonly RegisteredInteraction[] | undefined): Rules =>
  interactions && new Map(interactions.map(({ name, payload }) => [name, ruleOf(payload)]));

const ruleOf = (registered: RegisteredSchema | undefined): PayloadRule | undefined =>
  registered && { schema: JSON.stringify(registered.schema), isOptional: registered.isOptional === true };
