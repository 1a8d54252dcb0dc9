import { describe, expect, it } from '@jest/globals';
import { descendantsOf, type ProcessStat, parseStat, roleOf } from './process-usage.js';

const statOf = (pid: number, parentPid: number): ProcessStat => ({ pid, parentPid, name: 'postgres', cpuS: 0 });

describe('parseStat', () => {
  it('reads name, parent and CPU time, whatever the name contains', () => {
    const stat = '4711 (a b) (c) S 42 4711 4711 0 -1 4194560 5 6 7 8 150 50 30 20 20 0 1 0 12345 1000 200 18446744073709551615\n';
    expect(parseStat(stat)).toEqual({ pid: 4711, parentPid: 42, name: 'a b) (c', cpuS: 2.5 });
  });
});

describe('roleOf', () => {
  it.each([
    ['postgres', 'postgres: marathon 127.0.0.1', 'postgres'],
    ['java', 'java -Xmx512m kafka.Kafka', 'kafka'],
    ['node', 'node apps/api-gateway/dist/main.js', 'api-gateway'],
    ['node', 'node --import guards bench/dist/cluster/orchestrator.main.js', 'orchestrator'],
    ['node', 'node bench/dist/cluster/activity-worker.main.js', 'activity-worker'],
    ['node', 'node bench/dist/main.js serve --mode cluster', 'server'],
  ] as const)('tells %s, started as "%s", for %s', (name, commandLine, role) => expect(roleOf(name, commandLine)).toBe(role));
});

describe('descendantsOf', () => {
  it('finds a process and everything below it, in any order', () => {
    const processes = [statOf(5, 3), statOf(3, 2), statOf(2, 1), statOf(4, 1), statOf(1, 0)];
    const found = descendantsOf(2, processes);
    expect(found.map(({ pid }) => pid)).toEqual([2, 3, 5]);
  });

  it('finds nothing below a process that has ended', () => expect(descendantsOf(9, [statOf(1, 0)])).toEqual([]));
});
