/** Aborts when the process is asked to end, or when the process that forked it is gone. Asking again changes nothing: the end is bounded. */
export function endedByUser(): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  // Handlers stay: npm and a terminal may both send the same signal.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  process.once('disconnect', end);
  return controller.signal;
}
