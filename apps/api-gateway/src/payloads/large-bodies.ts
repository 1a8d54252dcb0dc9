/** Bodies up to this size are not counted. */
export const smallBodyBytes = 1024 * 1024;
/** Of large bodies and payloads that are read or written at a time, as they come over the wire. One may be larger than that alone. */
const bytesMaxDefault = 128 * 1024 * 1024;

/** How much of what is large a gateway has in memory: each takes several times its size while it is read and written down. */
export class LargeBodies {
  private bytes = 0;

  constructor(private readonly bytesMax = bytesMaxDefault) {}

  /** @returns what gives the room back, once; nothing when there is none now. */
  take(bytes: number): (() => void) | undefined {
    if (this.bytes > 0 && this.bytes + bytes > this.bytesMax) return undefined;
    this.bytes += bytes;
    let isTaken = true;
    return () => {
      if (isTaken) this.bytes -= bytes;
      isTaken = false;
    };
  }
}
