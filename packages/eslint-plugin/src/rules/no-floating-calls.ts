import type { Rule } from 'eslint';
import type { Node } from 'estree';
import { propertyName, WorkflowCode } from '../workflow-code.js';

/** Methods of a context that give a promise which the code has to look at. */
const awaited = new Set('activity condition continueAsNew run saga scope shield sleep waitForSignal'.split(' '));

export const noFloatingCalls: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: 'what a workflow asks for is awaited, or handed on' },
    messages: { floating: 'nobody awaits {{call}}: the run may close before it is done, and its failure goes unseen' },
    schema: [],
  },
  create(context) {
    const code = new WorkflowCode(context);
    return {
      ExpressionStatement(node) {
        const name = code.contextAt(node);
        if (name === undefined) return;
        const call = withoutVoid(node.expression);
        const asked = call.type === 'CallExpression' ? askedFor(call.callee, name, code) : undefined;
        if (asked !== undefined) context.report({ node, messageId: 'floating', data: { call: asked } });
      },
    };
  },
};

const withoutVoid = (node: Node): Node => (node.type === 'UnaryExpression' && node.operator === 'void' ? node.argument : node);

/** What a callee asks of the context: by a method of it, or by an activity that `ctx.activities()` gave. */
function askedFor(callee: Node, context: string, code: WorkflowCode): string | undefined {
  if (callee.type === 'Identifier') return isOfActivities(code.initializerOf(callee), context) ? `${callee.name}()` : undefined;
  if (callee.type !== 'MemberExpression') return undefined;
  const method = propertyName(callee.property, callee.computed);
  if (method === undefined) return undefined;
  const isOfContext = callee.object.type === 'Identifier' && callee.object.name === context && awaited.has(method);
  const isActivity = isOfActivities(callee.object, context) || isOfActivities(code.initializerOf(callee.object), context);
  return isOfContext || isActivity ? `${context}.${isOfContext ? method : `activities().${method}`}()` : undefined;
}

function isOfActivities(node: Node | undefined, context: string): boolean {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { object, property, computed } = node.callee;
  return object.type === 'Identifier' && object.name === context && propertyName(property, computed) === 'activities';
}
