import { Session } from 'node:inspector/promises';

/** Finds functions that were never called, in modules that are loaded after `start`. */
export class NeverCalled {
  private readonly session = new Session();

  async start(): Promise<void> {
    this.session.connect();
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Those in files below `folder`: `signal-12.ts: approve`. */
  async below(folder: string): Promise<readonly string[]> {
    const { result } = await this.session.post('Profiler.takePreciseCoverage');
    const called = result.filter(({ url }) => url.includes(folder));
    return called.flatMap(({ url, functions }) =>
      functions
        .filter(({ ranges }) => ranges[0]?.count === 0)
        .map(
          ({ functionName }) => `${url.slice(url.indexOf(folder) + folder.length + 1)}: ${functionName || '(a function without a name)'}`,
        ),
    );
  }

  stop(): void {
    this.session.disconnect();
  }
}
