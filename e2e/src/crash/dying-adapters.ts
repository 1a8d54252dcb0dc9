import type { OutgoingMessage, RunStore, Stream } from '@marathon/core';
import type { Adapters } from '@marathon/standalone';
import type { Bomb } from './bomb.js';
import type { Crossing } from './crash-points.js';

type Crossings<Port> = { readonly [Method in keyof Port]?: Crossing };

const storeCrossings: Crossings<RunStore> = {
  commit: 'commit',
  gainShards: 'gainShards',
  loadRuns: 'loadRuns',
  readRunsWaitingFor: 'readRunsWaitingFor',
  readWakeUps: 'readWakeUps',
  readRequests: 'readRequests',
  readWaitingRequests: 'readWaitingRequests',
  explainRefusals: 'explainRefusals',
  correctWakeUps: 'correctWakeUps',
  saveHeartbeats: 'saveHeartbeats',
};

/** The adapters, with a bomb around their calls. */
export function dyingAdapters(bomb: Bomb, { storage, stream }: Adapters): Adapters {
  return {
    storage: {
      ...storage,
      laneStores: storage.laneStores.map((store) => around(bomb, store, storeCrossings)),
      store: around(bomb, storage.store, storeCrossings),
      outbox: around(bomb, storage.outbox, { claimEntries: 'claimEntries', deleteEntries: 'deleteEntries' }),
      runIntake: around(bomb, storage.runIntake, { start: 'start', request: 'request' }),
      definitionRegistry: around(bomb, storage.definitionRegistry, { register: 'register' }),
    },
    stream: dyingStream(bomb, stream),
  };
}

function around<Port extends object>(bomb: Bomb, port: Port, crossings: Crossings<Port>): Port {
  return replaceMethods(port, (name, method) => {
    const crossing = crossings[name as keyof Port];
    return crossing ? (...args) => bomb.around(crossing, async () => method(...args)) : method;
  });
}

function dyingStream(bomb: Bomb, stream: Stream): Stream {
  return replaceMethods(stream, (name, method) => {
    if (name !== 'publish') return method;
    return async (messages) => {
      const crossings = new Set((messages as readonly OutgoingMessage[]).map(crossingOf));
      for (const crossing of crossings) bomb.pass(crossing, 'before');
      await method(messages);
      for (const crossing of crossings) bomb.pass(crossing, 'after');
    };
  });
}

const crossingOf = ({ value }: OutgoingMessage): Crossing => `publish ${(JSON.parse(value) as { type: string }).type}` as Crossing;

type Method = (...args: unknown[]) => unknown;

/** Methods are called on the port itself, which may have private members; what is no method is as it was. */
function replaceMethods<Port extends object>(port: Port, replace: (name: string | symbol, method: Method) => Method): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? replace(name, member.bind(target) as Method) : member;
    },
  });
}
