import { defaultNamespace } from '../../ids.js';
import type { Log } from '../../ports/log.port.js';
import { runScope } from '../run-scope.js';

/**
 * What workflow code tells its operators. A replay is silent; a turn whose commit was refused is done, and told, again. A message has
 * 2,000 characters, the fields 8 KiB as JSON: the rest is cut off. Fields that have no JSON form are named as such.
 */
export interface WorkflowLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

interface WhoTells {
  readonly workflow: string;
  readonly workflowId: string;
  readonly runId: string;
}

const messageCharsMax = 2_000;
const fieldsCharsMax = 8_192;

/** @param target where it goes now; nowhere on replay */
export function workflowLog({ workflow, workflowId, runId }: WhoTells, target: () => Log | undefined): WorkflowLog {
  const tell = (level: keyof WorkflowLog) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    const log = target();
    if (!log) return;
    const shown = { ...shownFields(fields), namespace: defaultNamespace, workflow, workflowId, runId };
    // The log has a clock of its own, which is not the run's.
    runScope.exit(() => log[level](shownText(message), shown));
  };
  return { info: tell('info'), warn: tell('warn'), error: tell('error') };
}

const shownText = (message: unknown): string => (typeof message === 'string' ? message.slice(0, messageCharsMax) : '(no text)');

function shownFields(fields: unknown): Readonly<Record<string, unknown>> {
  if (fields === undefined) return {};
  try {
    const json = JSON.stringify(fields) ?? '(no JSON form)';
    if (json.length > fieldsCharsMax) return { fields: `${json.slice(0, fieldsCharsMax)}…` };
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : { fields: parsed };
  } catch {
    return { fields: '(no JSON form)' };
  }
}
