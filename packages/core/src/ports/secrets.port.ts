/** Keys that gateways and orchestrators share, made when the event log is. */
export interface Secrets {
  /** The keys of this name by ascending version, at least one: the last one signs, each of them verifies. */
  read(name: SecretName): Promise<readonly Secret[]>;
}

export type SecretName = 'activity-tokens' | 'payload-addresses';

export interface Secret {
  /** 1 to 255. */
  readonly version: number;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}
