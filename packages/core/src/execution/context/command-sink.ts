import type { RunId } from '../../ids.js';
import type { Log } from '../../ports/log.port.js';
import type { LabelChange, Labels } from '../../run/labels.js';
import type { AwaitedCommand, Outcome } from '../command.js';
import type { Predicate } from '../conditions.js';
import type { AnyWorkflowDefinition } from '../definition/definition.js';
import type { UpdateHandler } from '../update-handlers.js';

export interface OpenedScope<Result> {
  readonly result: Promise<Result>;
  cancel(reason?: string): void;
}

/** What a context turns its calls into, and asks: the run's execution. */
export interface CommandSink {
  readonly runId: RunId;
  readonly definition: AnyWorkflowDefinition;
  readonly cancelRequested: boolean;
  /** Absent on replay. */
  readonly log: Log | undefined;
  /** @returns false when the command does not count, because the run has ended or was suspended. */
  issue(command: AwaitedCommand, call: string): boolean;
  mayIssue(call: string): boolean;
  nextStep(): number;
  nextSignal(name: string): Promise<unknown>;
  /** @param call as its author wrote it */
  onSignal(name: string, handler: (content: unknown) => unknown, call: string): void;
  awaitCondition(predicate: Predicate, timeoutMs: number | undefined): Promise<boolean>;
  openScope<Result>(body: () => Promise<Result>, timeoutMs: number | undefined): OpenedScope<Result>;
  openShield<Result>(body: () => Promise<Result>): Promise<Result>;
  onUpdate(name: string, handler: UpdateHandler): void;
  onQuery(name: string, handler: (input: unknown) => unknown): void;
  /** As the code knows them. */
  readonly labels: Labels;
  changeLabels(change: LabelChange): void;
  end(outcome: Outcome): void;
  now(): number;
  random(): number;
  uuid(): string;
}
