import marathon from '@marathon/eslint-plugin';

export default [marathon.configs.recommended];
