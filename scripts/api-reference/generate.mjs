// `npm run reference`: writes docs/reference/api/ from the docstrings of the packages that authors import.
// TypeDoc needs the JavaScript API of an older TypeScript, which lies beside it and nowhere else.
import { resolve } from 'node:path';
import { Application, ReflectionKind } from 'typedoc';

const root = resolve(import.meta.dirname, '../..');
const rooms = ['packages/workflow', 'packages/activity', 'packages/client', 'packages/testing', 'packages/guards', 'apps/nest'];

const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: rooms.map((room) => `${root}/${room}/src/index.ts`),
  tsconfig: `${root}/tsconfig.json`,
  basePath: root,
  name: 'Marathon',
  readme: 'none',
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  // The program also holds every test; what those say is for `npm run types` to judge.
  skipErrorChecking: true,
  outputs: [
    {
      name: 'markdown',
      path: `${root}/docs/reference/api`,
      options: {
        router: 'module',
        hideBreadcrumbs: true,
        hidePageHeader: true,
        useCodeBlocks: true,
        expandParameters: true,
        parametersFormat: 'table',
        interfacePropertiesFormat: 'table',
        propertyMembersFormat: 'table',
      },
    },
  ],
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  packagesRequiringDocumentation: ['core', ...rooms.map((room) => room.split('/')[1])].map((name) => `@marathon/${name}`),
  requiredToBeDocumented: ['Class', 'Interface', 'Function', 'TypeAlias', 'Method'],
});
const project = await app.convert();
if (!project) process.exit(1);
for (const entry of project.children ?? []) entry.name = entry.name.replace(/^(packages|apps)\/([^/]+)\/src$/, '@marathon/$2');
// Parameters that are taken apart where they arrive are all options.
for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
  if (parameter.name === '__namedParameters') parameter.name = 'options';
app.validate(project);
await app.generateOutputs(project);
process.exit(app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0);
