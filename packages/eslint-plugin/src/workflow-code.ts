import type { Rule, Scope } from 'eslint';
import type { Node } from 'estree';

type Parented = Node & { readonly parent?: Parented };
type FunctionNode = Extract<Node, { readonly params: unknown }>;

const authoring = '@marathon/workflow';

/** What the text of a file says about workflow code in it: nothing here knows types. */
export class WorkflowCode {
  private readonly importsAuthoring: boolean;

  constructor(private readonly context: Rule.RuleContext) {
    this.importsAuthoring = context.sourceCode.ast.body.some(
      (node) => node.type === 'ImportDeclaration' && node.source.value === authoring,
    );
  }

  /** The name under which the workflow function around a node has its context; `undefined` outside of one, and in a step of one. */
  contextAt(node: Node): string | undefined {
    if (!this.importsAuthoring) return undefined;
    for (let inner: Parented | undefined = node as Parented; inner; inner = inner.parent) {
      if (!isFunction(inner)) continue;
      if (isStep(inner)) return undefined;
      const name = contextName(inner);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /** What a callee or an object is called from outside the file: `setTimeout`, `fs.promises.readFile`. Nothing for what the file defines. */
  outsideName(node: Node): string | undefined {
    if (node.type === 'ChainExpression') return this.outsideName(node.expression);
    if (node.type === 'MemberExpression') {
      const object = this.outsideName(node.object);
      const name = propertyName(node.property, node.computed);
      if (object === undefined || name === undefined) return undefined;
      return object === 'globalThis' ? name : `${object}.${name}`;
    }
    if (node.type !== 'Identifier') return undefined;
    const variable = this.variable(node);
    const [definition] = variable?.defs ?? [];
    if (!definition) return node.name;
    return definition.type === 'ImportBinding' ? importedName(definition) : undefined;
  }

  /** The variable of a module that a name means, when it stands at the module's top. */
  moduleVariable(node: Node): Scope.Variable | undefined {
    if (node.type !== 'Identifier') return undefined;
    const variable = this.variable(node);
    return variable?.scope.type === 'module' ? variable : undefined;
  }

  /** How a local name was made, when it was by one declaration. */
  initializerOf(node: Node): Node | undefined {
    if (node.type !== 'Identifier') return undefined;
    const [definition] = this.variable(node)?.defs ?? [];
    return definition?.type === 'Variable' ? (definition.node.init ?? undefined) : undefined;
  }

  private variable(node: Extract<Node, { type: 'Identifier' }>): Scope.Variable | undefined {
    for (let scope: Scope.Scope | null = this.context.sourceCode.getScope(node); scope; scope = scope.upper) {
      const found = scope.set.get(node.name);
      if (found) return found;
    }
    return undefined;
  }
}

export function propertyName(property: Node, isComputed: boolean): string | undefined {
  if (property.type === 'Identifier' && !isComputed) return property.name;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

const isFunction = (node: Node): node is FunctionNode => 'params' in node;

/** The function of `ctx.run('name', () => …)`: rules of determinism do not hold in it. */
function isStep(node: FunctionNode): boolean {
  const { parent } = node as Parented;
  if (parent?.type !== 'CallExpression' || parent.arguments[1] !== node || parent.callee.type !== 'MemberExpression') return false;
  return propertyName(parent.callee.property, parent.callee.computed) === 'run';
}

/** A function is workflow code when it is given to `workflow(…)`, or when its first parameter is the context. */
function contextName(node: FunctionNode): string | undefined {
  const [first] = node.params;
  const name = first?.type === 'Identifier' ? first.name : undefined;
  const { parent } = node as Parented;
  const isDefinition =
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'Identifier' &&
    parent.callee.name === 'workflow' &&
    parent.arguments.includes(node as never);
  if (isDefinition) return name ?? '';
  return name === 'ctx' || typeName(first) === 'WorkflowContext' ? name : undefined;
}

function typeName(parameter: unknown): string | undefined {
  const annotated = parameter as { typeAnnotation?: { typeAnnotation?: { typeName?: { name?: string } } } } | undefined;
  return annotated?.typeAnnotation?.typeAnnotation?.typeName?.name;
}

function importedName({ node, parent }: Scope.Definition & { type: 'ImportBinding' }): string {
  const module = String((parent as { source: { value: unknown } }).source.value)
    .replace(/^node:/, '')
    .replaceAll('/', '.');
  if (node.type !== 'ImportSpecifier') return module;
  return `${module}.${node.imported.type === 'Identifier' ? node.imported.name : String(node.imported.value)}`;
}
