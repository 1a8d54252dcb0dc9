import { type Role, readUsage, type Usage } from './process-usage.js';

export interface RoleUsage {
  readonly cpuS: number;
  readonly peakMemoryMb: number;
}

const sampleEveryMs = 1_000;

/** What each role uses between `open` and `close`; memory is looked at every second. */
export class UsageWindow {
  private samples: ReadonlyMap<Role, Usage>[] = [];
  private sampling: NodeJS.Timeout | undefined;

  constructor(private readonly serverPid: number) {}

  open(): void {
    this.sample();
    this.sampling = setInterval(() => this.sample(), sampleEveryMs).unref();
  }

  close(): void {
    clearInterval(this.sampling);
    this.sample();
  }

  /** Of the roles that had processes when the window was closed. */
  byRole(): Readonly<Partial<Record<Role, RoleUsage>>> {
    return Object.fromEntries([...(this.samples.at(-1)?.keys() ?? [])].map((role) => [role, this.of(role)]));
  }

  private of(role: Role): RoleUsage {
    const ofRole = this.samples.flatMap((sample) => sample.get(role) ?? []);
    return {
      cpuS: (ofRole.at(-1)?.cpuS ?? 0) - (ofRole[0]?.cpuS ?? 0),
      peakMemoryMb: Math.max(0, ...ofRole.map(({ memoryMb }) => memoryMb)),
    };
  }

  private sample(): void {
    this.samples.push(readUsage(this.serverPid));
  }
}
