// By itself, so that package.json can give browsers another one: they load definitions and errors from here, and run no workflows.
export { AsyncLocalStorage } from 'node:async_hooks';
