import { writeSync } from 'node:fs';
import { type CrashPoint, type Crossing, crashPoint } from './crash-points.js';

/** Ends its own process, as `kill -9` does, when one point is passed for the n-th time. */
export class Bomb {
  private passes = 0;

  /** @param armed nothing, for a life that goes on */
  constructor(private readonly armed?: { readonly point: CrashPoint; readonly pass: number }) {}

  /** @param text `P6:2`: at the second pass of point P6 @throws RangeError when there is no such point. */
  static parse(text: string): Bomb {
    const [name = '', pass = '1'] = text.split(':');
    return new Bomb({ point: crashPoint(name), pass: Number(pass) });
  }

  async around<Result>(crossing: Crossing, action: () => Promise<Result>): Promise<Result> {
    this.pass(crossing, 'before');
    const result = await action();
    this.pass(crossing, 'after');
    return result;
  }

  pass(crossing: Crossing, side: CrashPoint['side']): void {
    const { armed } = this;
    if (armed?.point.crossing !== crossing || armed.point.side !== side || ++this.passes !== armed.pass) return;
    writeSync(2, `${new Date().toISOString().slice(11, 23)} dies at ${armed.point.name}, pass ${armed.pass}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}
