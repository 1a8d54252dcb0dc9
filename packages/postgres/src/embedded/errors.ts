import { MarathonError } from '@marathon/core';

/** The operating system's user that PostgreSQL runs as cannot reach a directory or file. */
export class DirectoryUnreachableError extends MarathonError {
  readonly code = 'MARATHON_DIRECTORY_UNREACHABLE';

  constructor(
    /** The directory or file whose permissions are in the way. */
    readonly obstacle: string,
    readonly target: string,
    readonly user: string,
  ) {
    super(
      `PostgreSQL does not run as root but as the user ${user}, who cannot reach ${target} because of the permissions of ${obstacle}; ` +
        `let others pass (chmod o+x ${obstacle}), choose another place, or start as another user than root`,
    );
  }
}

/** The data directory was written by another major version of PostgreSQL. */
export class DataDirectoryVersionError extends MarathonError {
  readonly code = 'MARATHON_DATA_DIRECTORY_VERSION';

  constructor(
    readonly directory: string,
    readonly foundMajor: number,
    readonly supportedMajor: number,
  ) {
    const remedy =
      foundMajor > supportedMajor
        ? 'start the newer build that wrote it, or choose another directory'
        : 'upgrade it with pg_upgrade, or choose another directory';
    super(
      `the data directory ${directory} was written by PostgreSQL ${foundMajor}, and this build brings PostgreSQL ${supportedMajor}: ${remedy}`,
    );
  }
}

/** The embedded PostgreSQL could not be set up or started. */
export class EmbeddedPostgresError extends MarathonError {
  readonly code = 'MARATHON_EMBEDDED_POSTGRES_FAILED';
}
