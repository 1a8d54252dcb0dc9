import { type RunRow, runId as toRunId } from '@marathon/core';
import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { Definitions } from '../intake/definitions.js';
import { namespace } from '../namespace.js';
import { knownNames } from '../questions/known-names.js';
import { type AddressedRun, RememberedRuns } from '../reads/remembered-runs.js';
import { BoundedCache } from './bounded-cache.js';
import { type Contract, type PayloadRule, parseContract, type Rules } from './contract.js';
import { PayloadSchemas } from './payload-schemas.js';

// What is sent is held against the contract that is in force for its workflow and task queue: the one of the build that registered last.
//  K1  What is refused leaves no trace: it is checked before it is written down.
//  K2  A new contract is seen within 10 s.
//  K3  A gateway refuses what it knows to be wrong. Where it knows nothing (no contract, a schema that cannot be described or compiled), it
//      lets pass, and the orchestrator has the last word.
//  K4  It remembers which workflow the runs of a workflow id were of, and reads the run only before it refuses something: ids seldom change
//      their workflow, and what is let pass because of one that did is the orchestrator's.
//  K5  What was accepted is not judged again: before a request is refused that has a key, the run is asked whether it knows the key, and if it
//      does the request goes on to the intake, which answers it as it did before. Of starts, StartWorkflow sees to it.

/** Of the contracts that are kept. */
const charsMax = 32 * 1_024 * 1_024;

type Place = Pick<RunRow, 'workflow' | 'taskQueue'>;

export interface Sent {
  readonly name: string;
  readonly payload?: unknown;
}

/** Where something is sent, and under which key. */
export interface Sending extends AddressedRun {
  readonly idempotencyKey: string | undefined;
}

@Injectable()
export class Contracts {
  private readonly known = new BoundedCache<Contract>(charsMax);
  private readonly places = new RememberedRuns<Place>();

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'definitionRegistry' | 'runReader'>,
    private readonly definitions: Definitions,
    private readonly schemas: PayloadSchemas,
  ) {}

  /** @throws ProblemError MARATHON_PAYLOAD_INVALID */
  async checkStart(run: Place, input: unknown, signal: Sent | undefined): Promise<void> {
    const contract = await this.contractOf(run);
    if (!contract) return;
    this.check(contract.input, input, 'input');
    if (signal) this.check(contract.signals?.get(signal.name), signal.payload, 'signal.payload');
  }

  /** A signal of another name than the contract has is kept for whoever may want it. @throws ProblemError MARATHON_PAYLOAD_INVALID */
  async checkSignal(to: Sending, { name, payload }: Sent): Promise<void> {
    await this.holdAgainst(to, ({ signals }) => this.check(signals?.get(name), payload, 'body'));
  }

  /** @throws ProblemError MARATHON_QUERY_UNKNOWN, MARATHON_PAYLOAD_INVALID */
  async checkQuery(run: RunRow, { name, payload }: Sent): Promise<void> {
    const contract = await this.contractOf(run);
    mustBeKnown('query', contract?.queries, name);
    this.check(contract?.queries?.get(name), payload, 'body');
  }

  /** @throws ProblemError MARATHON_UPDATE_UNKNOWN, MARATHON_PAYLOAD_INVALID */
  async checkUpdate(to: Sending, { name, payload }: Sent): Promise<void> {
    await this.holdAgainst(to, ({ updates }) => {
      mustBeKnown('update', updates, name);
      this.check(updates?.get(name), payload, 'body');
    });
  }

  private check(rule: PayloadRule | undefined, value: unknown, field: string): void {
    if (!rule || (value === undefined && rule.isOptional)) return;
    this.schemas.mustFit(rule.schema, value, field);
  }

  /** Does nothing when there is no such run: others say so. */
  private async holdAgainst(to: Sending, check: (contract: Contract) => void): Promise<void> {
    if (!(await this.definitions.haveContracts())) return;
    const { workflowId, runId, idempotencyKey } = to;
    const remembered = this.places.get(to);
    if (remembered && !refusalOf(check, await this.contractOf(remembered))) return;
    const run = await this.ports.runReader.find(namespace, workflowId, runId === undefined ? undefined : toRunId(runId));
    if (!run) return;
    const { workflow, taskQueue } = run;
    this.places.set(to, { workflow, taskQueue });
    const refusal = refusalOf(check, await this.contractOf(run));
    if (!refusal) return;
    if (idempotencyKey === undefined || !(await this.ports.runReader.hasAccepted(run.runId, idempotencyKey))) throw refusal;
  }

  private async contractOf({ workflow, taskQueue }: Place): Promise<Contract | undefined> {
    const digest = await this.definitions.contractDigestOf(workflow, taskQueue);
    if (digest === undefined) return undefined;
    return this.known.get(digest) ?? this.read(digest);
  }

  /** Nothing when it was replaced a moment ago. */
  private async read(digest: string): Promise<Contract | undefined> {
    const [written] = await this.ports.definitionRegistry.readContracts([digest]);
    if (!written) return undefined;
    const contract = parseContract(written.text);
    this.known.set(digest, contract, written.text.length);
    return contract;
  }
}

function refusalOf(check: (contract: Contract) => void, contract: Contract | undefined): ProblemError | undefined {
  try {
    if (contract) check(contract);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

function mustBeKnown(kind: 'query' | 'update', rules: Rules, name: string): void {
  if (!rules || rules.has(name)) return;
  const names = [...rules.keys()].sort();
  const code = kind === 'query' ? 'MARATHON_QUERY_UNKNOWN' : 'MARATHON_UPDATE_UNKNOWN';
  throw new ProblemError(code, `the workflow has no ${kind} "${name}": ${knownNames(names)}`, { names });
}
