// What workflow code may not call, and what to use instead. Everything here either gives another answer on replay or ends in a
// later turn of the event loop, which no history can bring back. Of a module the rows say what is allowed rather than what is
// not, so that a function which a later Node adds is refused until somebody has looked at it. The first row to name a call counts.
//
// Allowed on purpose:
//   queueMicrotask, process.nextTick   run in the turn that called them, in the same order on replay
//   process.env, argv, platform, cwd   constants of a deployment, like the code itself; comparing on replay finds a difference
//   structuredClone, streams, events   work in memory, with microtasks and ticks
//   synchronous crypto without chance  createHash, createHmac, scryptSync …
//   vm                                 Node itself makes contexts while it prints errors

/** Functions of one object that throw where workflow code calls them. */
export interface RefusedCalls {
  /** What stands before the name in code: `fs`, or nothing for a global. */
  readonly api: string;
  /** The object that holds the functions; nothing when this Node lacks it. */
  readonly holder: () => object | undefined;
  readonly calls: { readonly only: readonly string[] } | { readonly allBut: readonly string[] };
  /** What to use instead, as a sentence without its full stop. */
  readonly remedy: string;
}

const sleep = 'use ctx.sleep';
const network = 'call other systems in an activity';
const io = 'do it in an activity, or in a step with ctx.run';
const step = 'do it in a step with ctx.run';
const threads = 'do it in an activity; workflow code has one thread';
const machine = 'read it in a step with ctx.run: it differs between machines and moments';
const collection = 'use a plain reference: garbage is collected at another moment on replay';
const owner = 'workflow code shares its process with other runs; it ends by returning or throwing';
const clock = 'use Date.now(), which is the run’s time in workflow code';
const synchronous = 'use the function whose name ends in Sync, or do it in an activity';

const names = (text: string): readonly string[] => text.split(/\s+/).filter((name) => name !== '');

/** Some are there on the main thread alone, and throw elsewhere: `trace_events`. */
function builtin(name: string): object | undefined {
  try {
    return process.getBuiltinModule(`node:${name}`);
  } catch {
    return undefined;
  }
}

const globalNamed = (name: string): unknown => (globalThis as Record<string, unknown>)[name];

const prototypeOf = (name: string): object | undefined => (globalNamed(name) as { prototype?: object } | undefined)?.prototype;

function only(api: string, holder: () => object | undefined, calls: string, remedy: string): RefusedCalls {
  return { api, holder, calls: { only: names(calls) }, remedy };
}

function wholePrototype(api: string, className: string, remedy: string): RefusedCalls {
  return { api, holder: () => prototypeOf(className), calls: { allBut: ['constructor'] }, remedy };
}

/** All functions of a module but those that compute in memory. */
function wholeModule(name: string, remedy: string, allBut = ''): RefusedCalls {
  return { api: name.replace('/', '.'), holder: () => builtin(name), calls: { allBut: names(allBut) }, remedy };
}

function lockManager(): object | undefined {
  const { locks } = process.getBuiltinModule('node:worker_threads') as { locks?: object };
  return locks && (Object.getPrototypeOf(locks) as object);
}

function scheduler(): object {
  return Object.getPrototypeOf(process.getBuiltinModule('node:timers/promises').scheduler) as object;
}

const ofLanguageAndWeb: readonly RefusedCalls[] = [
  only('', () => globalThis, 'setTimeout setInterval setImmediate', sleep),
  only('', () => globalThis, 'fetch EventSource XMLHttpRequest', network),
  only('', () => builtin('http'), 'WebSocket', network),
  only('', () => globalThis, 'MessageChannel BroadcastChannel Worker', threads),
  only('', () => globalThis, 'WeakRef FinalizationRegistry', collection),
  only('', () => globalThis, 'CompressionStream DecompressionStream', io),
  only('', () => globalThis, 'PerformanceObserver', clock),
  only('AbortSignal', () => AbortSignal, 'timeout', 'abort an AbortController after ctx.sleep'),
  only('Atomics', () => Atomics, 'wait waitAsync', threads),
  only(
    'WebAssembly',
    () => globalNamed('WebAssembly') as object,
    'compile compileStreaming instantiate instantiateStreaming',
    'instantiate it where the module loads',
  ),
  only('Blob.prototype', () => prototypeOf('Blob'), 'arrayBuffer bytes text stream', 'use a Uint8Array'),
  wholePrototype('crypto.subtle', 'SubtleCrypto', step),
  only(
    'performance',
    () => prototypeOf('Performance'),
    'mark measure getEntries getEntriesByName getEntriesByType eventLoopUtilization toJSON',
    clock,
  ),
  {
    api: 'Temporal.Now',
    holder: () => (globalNamed('Temporal') as { Now?: object } | undefined)?.Now,
    calls: { allBut: [] },
    remedy: clock,
  },
  wholePrototype('Storage.prototype', 'Storage', io),
  only('navigator.locks', lockManager, 'request query', threads),
];

const ofProcess: readonly RefusedCalls[] = [
  only('process', () => process, 'exit abort kill execve chdir umask loadEnvFile dlopen binding _linkedBinding', owner),
  only('process', () => process, 'setuid seteuid setgid setegid setgroups initgroups setUncaughtExceptionCaptureCallback', owner),
  only('process', () => process, 'openStdin', io),
  only('process', () => process, 'uptime cpuUsage threadCpuUsage resourceUsage memoryUsage constrainedMemory', machine),
  only('process', () => process, 'availableMemory getActiveResourcesInfo', machine),
];

const ofModules: readonly RefusedCalls[] = [
  only('timers', () => builtin('timers'), 'setTimeout setInterval setImmediate', sleep),
  wholeModule('timers/promises', sleep),
  only('timers.promises.scheduler', scheduler, 'wait yield', sleep),
  // What `import('./module.js')` comes to when the module is not loaded yet.
  only('fs', () => builtin('fs'), 'realpathSync', 'import modules at the top of a file; read files in an activity'),
  wholeModule('fs', io, 'Stats Dirent'),
  wholeModule('fs/promises', io),
  wholeModule('sqlite', io),
  wholeModule('readline', io),
  wholeModule('readline/promises', io),
  wholeModule('tty', io, 'isatty'),
  only('stream.web', () => builtin('stream/web'), 'CompressionStream DecompressionStream', io),
  wholeModule(
    'zlib',
    synchronous,
    `crc32 deflateSync inflateSync gzipSync gunzipSync deflateRawSync inflateRawSync unzipSync
    brotliCompressSync brotliDecompressSync zstdCompressSync zstdDecompressSync`,
  ),
  wholeModule('net', network, 'isIP isIPv4 isIPv6 BlockList SocketAddress'),
  wholeModule('tls', network, 'checkServerIdentity convertALPNProtocols getCiphers'),
  wholeModule('dgram', network),
  wholeModule('dns', network),
  wholeModule('dns/promises', network),
  wholeModule(
    'http',
    network,
    'IncomingMessage OutgoingMessage ServerResponse validateHeaderName validateHeaderValue MessageEvent CloseEvent',
  ),
  wholeModule('https', network),
  wholeModule('http2', network, 'getDefaultSettings getPackedSettings getUnpackedSettings Http2ServerRequest Http2ServerResponse'),
  wholeModule('child_process', 'start programs in an activity'),
  only('cluster', () => builtin('cluster'), 'fork disconnect setupPrimary setupMaster', owner),
  wholeModule(
    'worker_threads',
    threads,
    'markAsUncloneable markAsUntransferable isMarkedAsUntransferable getEnvironmentData setEnvironmentData',
  ),
  wholeModule(
    'perf_hooks',
    clock,
    `createHistogram Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserverEntryList
    PerformanceResourceTiming`,
  ),
  wholeModule('os', machine, 'arch endianness platform type'),
  wholeModule(
    'v8',
    machine,
    'serialize deserialize Serializer Deserializer DefaultSerializer DefaultDeserializer isStringOneByteRepresentation cachedDataVersionTag',
  ),
  wholeModule('inspector', machine),
  wholeModule('inspector/promises', machine),
  wholeModule('trace_events', machine),
  wholeModule('async_hooks', machine, 'AsyncLocalStorage AsyncResource'),
  only('crypto', () => builtin('crypto'), 'pbkdf2 scrypt hkdf argon2 checkPrime', synchronous),
  wholeModule(
    'crypto',
    step,
    // From randomBytes on they are deterministic in a scope: see random.ts. createCipher and createDecipher are those of Node 20.
    `createHash createHmac createVerify createCipher createDecipher createCipheriv createDecipheriv createPrivateKey createPublicKey createSecretKey
    Hash Hmac Verify Cipheriv Decipheriv KeyObject Certificate X509Certificate hash verify timingSafeEqual
    pbkdf2Sync scryptSync hkdfSync argon2Sync checkPrimeSync diffieHellman decapsulate privateEncrypt privateDecrypt publicDecrypt
    getCiphers getCipherInfo getCurves getHashes getFips
    randomBytes pseudoRandomBytes prng rng randomFillSync randomInt randomUUID`,
  ),
];

export const refusedCalls: readonly RefusedCalls[] = [...ofLanguageAndWeb, ...ofProcess, ...ofModules];

/**
 * The names that a row means on this Node. Getters that cannot be replaced are left out: they hold constants and objects, and
 * reading some of them warns.
 */
export function namesOf(row: RefusedCalls, holder: object): readonly string[] {
  const { calls } = row;
  if ('only' in calls) return calls.only.filter((name) => Object.hasOwn(holder, name));
  return Object.entries(Object.getOwnPropertyDescriptors(holder))
    .filter(([name]) => !name.startsWith('_') && !calls.allBut.includes(name))
    .filter(([, { value, get, configurable }]) => typeof value === 'function' || (get !== undefined && configurable === true))
    .map(([name]) => name);
}

/** As its author wrote it: `fs.readFile`, `setTimeout`. */
export function callNamed(row: RefusedCalls, name: string): string {
  return row.api === '' ? name : `${row.api}.${name}`;
}
