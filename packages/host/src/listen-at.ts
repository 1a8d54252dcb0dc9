import { MarathonError } from '@marathon/core';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process has it: stop that one, or choose another port; 0 takes a free one',
  EACCES: 'this user may not have it: choose a port from 1024 on',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** The address cannot be had at which a process was to serve HTTP. */
export class AddressUnavailableError extends MarathonError {
  readonly code = 'MARATHON_ADDRESS_UNAVAILABLE';
}

/** @throws AddressUnavailableError when `listen` could not have the address */
export async function listenAt(host: string, port: number, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (cause) {
    const reason = reasons[String((cause as NodeJS.ErrnoException).code)];
    throw reason ? new AddressUnavailableError(`cannot listen at ${host}:${port}: ${reason}`, { cause }) : cause;
  }
}
