export { defaultNamespace as namespace } from '@marathon/core';
