// Lets a child process of a test run the TypeScript sources: packages are named as others name them, neighbours as they are called once built.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const room = /^@marathon\/([^/]+)$/.exec(specifier)?.[1];
    if (room) return next(new URL(`../packages/${room}/src/index.ts`, import.meta.url).href, context);
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts'))
      return next(specifier.replace(/\.js$/, '.ts'), context);
    return next(specifier, context);
  },
});
