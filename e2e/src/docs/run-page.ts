import path from 'node:path';
import { activityNameOf } from '@marathon/activity';
import type { AnyWorkflowDefinition } from '@marathon/core';
import type { RunningStandalone } from '@marathon/standalone';
import type { Type } from '@nestjs/common';
import { checkCommands } from './commands.js';
import { type Answer, checkAnswer, checkJson, send } from './http-blocks.js';
import { startInMemory } from './memory-system.js';
import type { CodeBlock, Page } from './page.js';
import { type Exports, gateway, runBlock } from './run-blocks.js';

/**
 * Runs all blocks of a page, each as its language asks for:
 * - `ts` and `js`: as a module, in the order of the page; tests in it become tests of whoever calls this while tests are declared
 * - `http`: requests, which must succeed; `{name}` stands for what a block before exports, or the last answer has, as `name`
 * - `json`: behind a block of requests, the answer of the last one, ids and instants aside; else values, messages among them fit their schemas
 * - `sh`: commands that there are
 * - `text`: what is not run: a drawing, a grammar
 *
 * A block that speaks to the gateway gets a system in this process, with the workflows and activities that blocks before it export.
 */
export class RunningPage {
  readonly exported: Record<string, unknown> = {};
  private system: Omit<RunningStandalone, 'stream'> | undefined;
  private answer: Answer | undefined;
  /** The language of the block before. */
  private before = '';

  constructor(
    private readonly page: Page,
    private readonly folder: string,
  ) {}

  async run(): Promise<void> {
    for (const block of this.page.blocks) {
      try {
        await this.runOne(block);
        this.before = block.language;
      } catch (cause) {
        throw new Error(`${this.page.file}:${block.line}: ${(cause as Error).message}`, { cause });
      }
    }
  }

  async stop(): Promise<void> {
    await this.system?.stop();
  }

  private async runOne(block: CodeBlock): Promise<void> {
    switch (block.language) {
      case 'ts':
      case 'js':
        Object.assign(this.exported, await runBlock(this.page.file, block, this.folder, await this.urlFor(block)));
        return;
      case 'http':
        this.answer = await send(block.code, await this.startedUrl(), this.exported, this.answer);
        return;
      case 'json':
        if (this.answer && this.before === 'http') this.answer = await checkAnswer(block.code, this.answer);
        else checkJson(block.code);
        return;
      case 'sh':
        return checkCommands(block.code);
      case 'text':
        return;
      default:
        throw new Error(`a block of "${block.language}" is not run: say ts, js, http, json or sh, or text for what cannot run`);
    }
  }

  private async urlFor({ code }: CodeBlock): Promise<string> {
    return code.includes(gateway) ? this.startedUrl() : gateway;
  }

  private async startedUrl(): Promise<string> {
    this.system ??= await startInMemory(codeIn(this.exported));
    return this.system.url;
  }
}

function codeIn(exported: Exports) {
  const values = Object.values(exported);
  return {
    workflows: values.filter(isWorkflow),
    activities: values.filter(hasActivities),
    modules: values.filter((value): value is Type => typeof value === 'function' && value.name.endsWith('Module')),
  };
}

const isWorkflow = (value: unknown): value is AnyWorkflowDefinition =>
  typeof value === 'object' && value !== null && 'name' in value && typeof (value as { run?: unknown }).run === 'function';

function hasActivities(value: unknown): value is Type {
  if (typeof value !== 'function' || typeof value.prototype !== 'object') return false;
  const methods = Object.getOwnPropertyNames(value.prototype).map((key) => (value.prototype as Record<string, unknown>)[key]);
  return methods.some((method) => typeof method === 'function' && activityNameOf(method as never) !== undefined);
}

export const folderOf = (folder: string, page: Page): string => path.join(folder, page.file.replaceAll(/[^\w-]/g, '-'));
