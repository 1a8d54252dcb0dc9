import type { Rule } from 'eslint';
import { WorkflowCode } from '../workflow-code.js';

/** Calls that guards make deterministic; without guards, as in a test, they are not. */
const remedies: ReadonlyMap<string, string> = new Map([
  ['Date', 'use ctx.now()'],
  ['Date.now', 'use ctx.now()'],
  ['performance.now', 'use ctx.now()'],
  ['process.hrtime', 'use ctx.now()'],
  ['process.hrtime.bigint', 'use ctx.now()'],
  ['Math.random', 'use ctx.random()'],
  ['crypto.randomUUID', 'use ctx.uuid()'],
  ['crypto.getRandomValues', 'use ctx.random()'],
  ['crypto.randomBytes', 'use ctx.random()'],
  ['crypto.randomInt', 'use ctx.random()'],
]);

export const useContext: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'time, chance and the environment come from the context, or from a step' },
    messages: {
      ambient: '{{call}} is not deterministic in workflow code: {{remedy}}',
      environment:
        'process.env is not deterministic in workflow code: read it in a step with ctx.run: it differs between machines and moments',
    },
    schema: [],
  },
  create(context) {
    const code = new WorkflowCode(context);
    const check = (node: Rule.Node, call: string | undefined) => {
      const remedy = call && remedies.get(call);
      if (remedy && code.contextAt(node) !== undefined) context.report({ node, messageId: 'ambient', data: { call, remedy } });
    };
    return {
      CallExpression: (node) => check(node, code.outsideName(node.callee)),
      // A date that is made of something is as deterministic as that.
      NewExpression: (node) => node.arguments.length === 0 && check(node, code.outsideName(node.callee)),
      MemberExpression(node) {
        if (code.outsideName(node) === 'process.env' && code.contextAt(node) !== undefined)
          context.report({ node, messageId: 'environment' });
      },
    };
  },
};
