import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { propertyName, WorkflowCode } from '../workflow-code.js';

const changing = new Set('add append clear copyWithin delete fill pop push reverse set shift sort splice unshift'.split(' '));

export const noSharedState: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'workflow code changes nothing at the top of its module: all runs of a process share that' },
    messages: {
      shared:
        '{{name}} is shared by all runs of the process, and a replay finds it changed: keep it in the function, or do it in an activity',
    },
    schema: [],
  },
  create(context) {
    const code = new WorkflowCode(context);
    const check = (node: Rule.Node, target: Node) => {
      if (code.contextAt(node) === undefined) return;
      let root = target;
      while (root.type === 'MemberExpression') root = root.object;
      const variable = code.moduleVariable(root);
      if (variable) context.report({ node, messageId: 'shared', data: { name: variable.name } });
    };
    return {
      AssignmentExpression: (node) => check(node, node.left),
      UpdateExpression: (node) => check(node, node.argument),
      UnaryExpression: (node) => node.operator === 'delete' && check(node, node.argument),
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || !changing.has(propertyName(callee.property, callee.computed) ?? '')) return;
        const [definition] = code.moduleVariable(callee.object)?.defs ?? [];
        if (definition?.type === 'Variable') check(node, callee.object);
      },
    };
  },
};
