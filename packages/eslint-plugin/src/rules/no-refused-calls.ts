import { callNamed, namesOf, refusedCalls } from '@marathon/guards';
import type { Rule } from 'eslint';
import { WorkflowCode } from '../workflow-code.js';

/** What the guards refuse on this Node, by name, with the same remedy. */
const remedies = new Map<string, string>();
for (const row of refusedCalls) {
  const holder = row.holder();
  for (const name of holder ? namesOf(row, holder) : []) {
    const call = callNamed(row, name);
    if (!remedies.has(call)) remedies.set(call, row.remedy);
  }
}

export const noRefusedCalls: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'no timers, network, files or other calls that no replay can repeat' },
    messages: { refused: '{{call}} is not deterministic in workflow code: {{remedy}}' },
    schema: [],
  },
  create(context) {
    const code = new WorkflowCode(context);
    const check = (node: Rule.Node, callee: Parameters<WorkflowCode['outsideName']>[0]) => {
      if (code.contextAt(node) === undefined) return;
      const call = code.outsideName(callee);
      const remedy = call && remedies.get(call);
      if (remedy) context.report({ node, messageId: 'refused', data: { call, remedy } });
    };
    return {
      CallExpression: (node) => check(node, node.callee),
      NewExpression: (node) => check(node, node.callee),
    };
  },
};
