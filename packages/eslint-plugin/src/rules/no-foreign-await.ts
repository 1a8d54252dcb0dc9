import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { WorkflowCode } from '../workflow-code.js';

export const noForeignAwait: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'workflow code awaits what is durable, and nothing else' },
    messages: {
      foreign:
        'the code awaits something that is not durable, so nothing in its history can ever wake it: await activities, steps, timers or signals only; for what the code itself knows, use ctx.condition',
    },
    schema: [],
  },
  create(context) {
    const code = new WorkflowCode(context);
    return {
      AwaitExpression(node) {
        if (isForeign(node.argument, code) && code.contextAt(node) !== undefined) context.report({ node, messageId: 'foreign' });
      },
    };
  },
};

/** Made in place, loaded, of an emitter, or from the top of the module: and so is what is combined with one of these. */
function isForeign(node: Node, code: WorkflowCode): boolean {
  if (node.type === 'ImportExpression') return true;
  if (node.type === 'NewExpression') return code.outsideName(node.callee) === 'Promise';
  if (node.type !== 'CallExpression') return isOfModule(node, code);
  const name = code.outsideName(node.callee);
  if (name === 'events.once') return true;
  const [all] = node.arguments;
  return combines.has(name ?? '') && all?.type === 'ArrayExpression' && all.elements.some((one) => one !== null && isForeign(one, code));
}

const combines = new Set(['Promise.all', 'Promise.allSettled', 'Promise.any', 'Promise.race']);

const isOfModule = (node: Node, code: WorkflowCode): boolean =>
  node.type === 'MemberExpression' ? isOfModule(node.object, code) : code.moduleVariable(node) !== undefined;
