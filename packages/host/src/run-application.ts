import { MarathonError } from '@marathon/core';
import { Logger } from '@nestjs/common';
import type { Application } from './application.js';
import { endedByUser } from './ended-by-user.js';

// The life of a process, from its first line to its last.
//   A1  What is wrong with the environment is told in one piece, and the process ends with 1.
//   A2  It answers for its health from the beginning; what it needs and cannot reach yet is waited for.
//   A3  Asked to end, it lets what is under way end, and ends with 0. Asked again, or after the bound of that, it ends at once, with 1.
//   A4  Forked by another process, it tells that one when it is ready, and ends with it.

/** What a process tells the one that forked it, when everything runs. */
export interface ReadyMessage {
  readonly url: string;
}

const stopTimeoutMsDefault = 30_000;
/** A terminal and npm both send the same Ctrl-C: what comes so soon is not a second one. */
const sameRequestMs = 1_000;

/** Runs it until the process is asked to end; does not return. */
export async function runApplication(start: () => Promise<Application>): Promise<never> {
  const log = new Logger('Process');
  const ended = endedByUser();
  try {
    const application = await start();
    log.log('answers', { url: application.url, pid: process.pid });
    await untilEnded(application, ended, log);
    log.log('ends');
    endHardLater(application.stopTimeoutMs ?? stopTimeoutMsDefault, log);
    await application.stop();
    log.log('ended');
    return process.exit(0);
  } catch (error) {
    console.error(error instanceof MarathonError ? `${error.code}: ${error.message}` : error);
    return process.exit(1);
  }
}

/** @throws what a service throws at its start */
async function untilEnded({ url, ready }: Application, ended: AbortSignal, log: Logger): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    if (ended.aborted) resolve();
    ended.addEventListener('abort', () => resolve());
  });
  await Promise.race([ready, asked]).catch((error: unknown) => ended.aborted || Promise.reject(error));
  if (ended.aborted) return;
  log.log('ready', { url });
  if (process.connected) process.send?.({ url } satisfies ReadyMessage, () => {});
  await asked;
}

function endHardLater(stopTimeoutMs: number, log: Logger): void {
  const beganMs = Date.now();
  const endHard = (why: string) => {
    log.error(`ends at once: ${why}`);
    process.exit(1);
  };
  setTimeout(() => endHard(`what was under way did not end within ${stopTimeoutMs} ms`), stopTimeoutMs).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => Date.now() - beganMs > sameRequestMs && endHard('asked a second time'));
}
