import type { ESLint, Linter } from 'eslint';
import { noFloatingCalls } from './rules/no-floating-calls.js';
import { noForeignAwait } from './rules/no-foreign-await.js';
import { noRefusedCalls } from './rules/no-refused-calls.js';
import { noSharedState } from './rules/no-shared-state.js';
import { useContext } from './rules/use-context.js';

const rules = {
  'no-floating-calls': noFloatingCalls,
  'no-foreign-await': noForeignAwait,
  'no-refused-calls': noRefusedCalls,
  'no-shared-state': noSharedState,
  'use-context': useContext,
};

const plugin = { meta: { name: '@marathon/eslint-plugin', version: '0.1.0' }, rules } satisfies ESLint.Plugin;

/** All rules, for a flat configuration: `export default [marathon.configs.recommended]`. */
const recommended: Linter.Config = {
  name: '@marathon/recommended',
  plugins: { '@marathon': plugin },
  rules: Object.fromEntries(Object.keys(rules).map((name) => [`@marathon/${name}`, 'error'])),
};

/**
 * The rules of determinism, as far as a file's text tells. They look at functions that are given to `workflow(…)` and at those whose
 * first parameter is the context, in files that import `@marathon/workflow`; steps (`ctx.run`) are free of them. No rule needs types.
 */
export default { ...plugin, configs: { recommended } };
