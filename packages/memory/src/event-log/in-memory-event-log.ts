import { randomBytes } from 'node:crypto';
import type { Clock, DefinitionRegistry, LimitStore, Outbox, PayloadStore, RunIntake, RunReader, RunStore, Secrets } from '@marathon/core';
import { EventLogState } from './event-log-state.js';
import { type CommitFault, type CommittingCall, Faults } from './faults.js';
import { MemoryDefinitionRegistry } from './memory-definition-registry.js';
import { MemoryLimitStore, nextAdmissionAtMs } from './memory-limit-store.js';
import { MemoryOutbox } from './memory-outbox.js';
import { MemoryPayloadStore } from './memory-payload-store.js';
import { MemoryRunIntake } from './memory-run-intake.js';
import { MemoryRunReader } from './memory-run-reader.js';
import { MemoryRunStore } from './memory-run-store.js';

export interface InMemoryEventLogOptions {
  /** By which ages and bounds are told. Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * The ports of the store over one state that dies with the process, for tests and simulations. Every call takes effect, whole,
 * when it is made, and answers a microtask later: the same calls in the same order give the same log. It grows without a bound.
 */
export class InMemoryEventLog {
  readonly runStore: RunStore;
  readonly intake: RunIntake;
  readonly outbox: Outbox;
  readonly reader: RunReader;
  readonly definitions: DefinitionRegistry;
  readonly secrets: Secrets;
  readonly payloads: PayloadStore;
  readonly limits: LimitStore;
  readonly #faults = new Faults();
  readonly #state: EventLogState;

  constructor({ clock }: InMemoryEventLogOptions = {}) {
    const state = new EventLogState(clock ? () => clock.now() : Date.now);
    this.#state = state;
    this.runStore = new MemoryRunStore(state, this.#faults);
    this.intake = new MemoryRunIntake(state, this.#faults);
    this.outbox = new MemoryOutbox(state);
    this.reader = new MemoryRunReader(state);
    this.payloads = new MemoryPayloadStore(state);
    this.definitions = new MemoryDefinitionRegistry(state);
    this.limits = new MemoryLimitStore(state);
    const key = { version: 1, key: randomBytes(32) };
    this.secrets = { read: async () => [key] };
  }

  /** When somebody who waits for limits could be let in, which may be now; undefined while nobody could by time alone. */
  get nextAdmissionAtMs(): number | undefined {
    return nextAdmissionAtMs(this.#state);
  }

  /** Plans how the next such call fails; planned twice, the next two fail. */
  failNext(call: CommittingCall, fault: CommitFault): void {
    this.#faults.plan(call, fault);
  }
}
