import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU time so far and memory now, of the processes of one role together. */
export interface Usage {
  readonly cpuS: number;
  /** Proportional set size: memory that processes share, as PostgreSQL's buffers, counts once. */
  readonly memoryMb: number;
}

/** In the order in which a line names them. `server`: the one process of the embedded system, or what keeps a cluster together. */
const roles = ['server', 'api-gateway', 'orchestrator', 'activity-worker', 'kafka', 'postgres', 'client'] as const;
export type Role = (typeof roles)[number];

const ticksPerSecond = 100; // getconf CLK_TCK: the same on every Linux that Node runs on

/** Only Linux tells what other processes use. */
export const canReadUsage = existsSync('/proc/self/smaps_rollup');

/** Of this process, the client, and of the server and all below it. */
export function readUsage(serverPid: number): ReadonlyMap<Role, Usage> {
  const processes = readProcesses();
  const byRole = Map.groupBy(descendantsOf(serverPid, processes), ({ pid, name }) => roleOf(name, commandLineOf(pid)));
  byRole.set(
    'client',
    processes.filter(({ pid }) => pid === process.pid),
  );
  return new Map(roles.flatMap((role) => (byRole.has(role) ? [[role, sum(byRole.get(role) ?? [])]] : [])));
}

/** What a process and all below it have used so far, those that have ended included. */
export function cpuSeconds(rootPid: number): number {
  return descendantsOf(rootPid, readProcesses()).reduce((total, { cpuS }) => total + cpuS, 0);
}

/** @param commandLine the arguments that the process was started with */
export function roleOf(name: string, commandLine: string): Role {
  if (name === 'postgres') return 'postgres';
  if (name === 'java') return 'kafka';
  return roles.find((role) => new RegExp(`[/-]${role}[/.]`).test(commandLine)) ?? 'server';
}

export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly name: string;
  readonly cpuS: number;
}

/** @param stat the text of `/proc/<pid>/stat` */
export function parseStat(stat: string): ProcessStat {
  // The name stands in parentheses and may contain anything.
  const [opens, closes] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const fields = stat.slice(closes + 2).split(' ');
  // utime, stime, and those of the children that have ended already
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return {
    pid: Number(stat.slice(0, opens)),
    parentPid: Number(fields[1]),
    name: stat.slice(opens + 1, closes),
    cpuS: ticks / ticksPerSecond,
  };
}

/** `rootPid` and everything below it. */
export function descendantsOf(rootPid: number, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const children = Map.groupBy(processes, ({ parentPid }) => parentPid);
  const found = processes.filter(({ pid }) => pid === rootPid);
  for (const { pid } of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function readProcesses(): readonly ProcessStat[] {
  return readdirSync('/proc').flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : undefined;
    return stat === undefined ? [] : [parseStat(stat)];
  });
}

/** Of a process now, as `Usage` counts it; 0 when it has ended. */
export const memoryMbOf = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) / 1024;

const sum = (processes: readonly ProcessStat[]): Usage => ({
  cpuS: processes.reduce((total, { cpuS }) => total + cpuS, 0),
  memoryMb: processes.reduce((total, { pid }) => total + memoryMbOf(pid), 0),
});

const commandLineOf = (pid: number): string => (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ');

/** Nothing when the process has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
