import { closeSync, openSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { devNull } from 'node:os';

/**
 * The blocked main thread, as the watchdog's thread reaches it: V8 takes requests of the inspector also while JavaScript never
 * returns. Code that is stuck outside of JavaScript takes none.
 */
export class MainThread {
  private readonly session = new Session();
  private readonly files = new Map<string, string>();

  /**
   * Stops it where it is, so that it does nothing while its run is being marked.
   * @returns where: the innermost frame of a file that is no dependency, as `file:line:column`; nothing when it did not answer in time
   */
  async pause(timeoutMs: number): Promise<string | undefined> {
    const { session } = this;
    session.connectToMainThread();
    session.on('Debugger.scriptParsed', ({ params }) => this.files.set(params.scriptId, params.url));
    return await new Promise((resolve) => {
      const timeout = setTimeout(() => resolve(undefined), timeoutMs);
      session.once('Debugger.paused', ({ params }) => {
        clearTimeout(timeout);
        resolve(this.locate(params.callFrames));
      });
      session.post('Debugger.enable');
      session.post('Debugger.pause');
    });
  }

  /** Lets it go on as if nothing had been. */
  release(): void {
    this.session.disconnect();
  }

  /** Ends the process with `exitCode` and runs nothing more of it; with SIGKILL when the main thread does not answer in time. */
  exit(exitCode: number, timeoutMs: number): void {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), timeoutMs);
    silenceStandardError();
    this.session.post('Runtime.evaluate', { expression: `process.reallyExit(${exitCode})` });
  }

  private locate(frames: readonly Debugger.CallFrame[]): string | undefined {
    const places = frames.map(({ location }) => ({ file: this.files.get(location.scriptId) ?? '', location }));
    const place = places.find(({ file }) => file.startsWith('file:') && !file.includes('/node_modules/'));
    return place && `${place.file}:${place.location.lineNumber + 1}:${(place.location.columnNumber ?? 0) + 1}`;
  }
}

/** Node would add that it waits for the debugger to disconnect, which it does not. */
function silenceStandardError(): void {
  closeSync(2);
  openSync(devNull, 'w'); // takes the lowest number that is free: 2
}
