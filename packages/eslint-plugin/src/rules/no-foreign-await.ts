import type { Rule } from 'eslint';
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
        const { argument } = node;
        const isMade = argument.type === 'NewExpression' && code.outsideName(argument.callee) === 'Promise';
        const isForeign = isMade || argument.type === 'ImportExpression';
        if (isForeign && code.contextAt(node) !== undefined) context.report({ node, messageId: 'foreign' });
      },
    };
  },
};
