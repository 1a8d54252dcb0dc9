import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100; // getconf CLK_TCK: the same on every Linux that Node runs on

interface Process {
  readonly pid: number;
  readonly parentPid: number;
  readonly cpuS: number;
}

/** What a process and all below it have used so far, those that have ended included. Linux only. */
export function cpuSeconds(rootPid: number): number {
  const children = Map.groupBy(readProcesses(), ({ parentPid }) => parentPid);
  const below = (pid: number): number => (children.get(pid) ?? []).reduce((sum, child) => sum + child.cpuS + below(child.pid), 0);
  return (readProcess(rootPid)?.cpuS ?? 0) + below(rootPid);
}

const readProcesses = (): readonly Process[] =>
  readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (readProcess(Number(entry)) ?? []) : []));

/** Nothing when it has ended meanwhile. */
function readProcess(pid: number): Process | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, and those of the children that have ended already
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parentPid: Number(fields[1]), cpuS: ticks / ticksPerSecond };
}
