import { MarathonError } from '@marathon/core';

/** Another living process holds the data directory. */
export class DataDirectoryInUseError extends MarathonError {
  readonly code = 'MARATHON_DATA_DIRECTORY_IN_USE';

  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`the data directory ${directory} is in use by the process ${pid}; stop it, or choose another directory`);
  }
}
