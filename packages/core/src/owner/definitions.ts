import { digest } from '../digest.js';
import { MarathonError } from '../errors.js';
import type { AnyWorkflowDefinition } from '../execution/definition.js';

/** Two definitions of one build have the same name. */
export class DuplicateWorkflowError extends MarathonError {
  readonly code = 'MARATHON_DUPLICATE_WORKFLOW';
}

/** The workflows that this build knows, by name. */
export class Definitions {
  private readonly byName = new Map<string, AnyWorkflowDefinition>();

  /** @throws DuplicateWorkflowError when two have one name. */
  constructor(
    definitions: readonly AnyWorkflowDefinition[],
    /** Tells this build's code from others; recorded with suspensions. Default: a digest of the functions' sources. */
    readonly build: string = digest(definitions.map(({ name, run }) => `${name}\n${run}`).join('\n')),
  ) {
    for (const definition of definitions) {
      if (this.byName.has(definition.name)) throw new DuplicateWorkflowError(`workflow "${definition.name}" is defined twice`);
      this.byName.set(definition.name, definition);
    }
  }

  get(name: string): AnyWorkflowDefinition | undefined {
    return this.byName.get(name);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }
}
