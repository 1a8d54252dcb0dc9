import { digest } from '../digest.js';
import { MarathonError } from '../errors.js';
import { limitOptions } from '../execution/context/limit-call.js';
import type { AnyWorkflowDefinition } from '../execution/definition/definition.js';
import { contractCharsMax, registeredContract } from '../execution/definition/registered-contract.js';
import type { WorkflowRegistration, WrittenContract } from '../ports/definition-registry.port.js';

/** Two definitions of one build have the same name. */
export class DuplicateWorkflowError extends MarathonError {
  readonly code = 'MARATHON_DUPLICATE_WORKFLOW';
}

/** The workflows that this build knows, by name. */
export class Definitions {
  private readonly byName = new Map<string, AnyWorkflowDefinition>();
  /** What is announced of them. */
  readonly registrations: readonly WorkflowRegistration[];
  /** Tells this build from others; recorded with suspensions. */
  readonly build: string;

  /**
   * @param build default: a digest of the functions' sources, and of what their contracts say
   * @throws DuplicateWorkflowError when two have one name, InvalidCommandError when the limits of one make no sense.
   */
  constructor(definitions: readonly AnyWorkflowDefinition[], build?: string) {
    for (const definition of definitions) {
      if (this.byName.has(definition.name)) throw new DuplicateWorkflowError(`workflow "${definition.name}" is defined twice`);
      limitOptions(definition);
      this.byName.set(definition.name, definition);
    }
    const written = definitions.map((definition) => ({ definition, contract: writtenContract(definition) }));
    this.build =
      build ?? digest(written.map(({ definition: { name, run }, contract }) => `${name}\n${run}${contract?.text ?? ''}`).join('\n'));
    this.registrations = written.map(({ definition: { name }, contract }) =>
      contract && contract.text.length <= contractCharsMax ? { name, contract } : { name },
    );
  }

  get(name: string): AnyWorkflowDefinition | undefined {
    return this.byName.get(name);
  }
}

function writtenContract(definition: AnyWorkflowDefinition): WrittenContract | undefined {
  const contract = registeredContract(definition);
  if (!contract) return undefined;
  const text = JSON.stringify(contract);
  return { digest: digest(text), text };
}
