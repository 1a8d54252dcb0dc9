/** Every way to run the system. What is said of one is why it cannot be measured. */
const modes: Readonly<Record<string, string | undefined>> = {
  embedded: undefined,
  cluster: 'separate processes over Kafka cannot be started from here yet: use --mode embedded',
};

/** Why `mode` is refused, or nothing when it can be measured. */
export function refusalOfMode(mode: string): string | undefined {
  return Object.hasOwn(modes, mode) ? modes[mode] : `there is no mode "${mode}": ${Object.keys(modes).join(', ')}`;
}
