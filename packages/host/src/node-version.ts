import { MarathonError } from '@marathon/core';

const oldest = [22, 15] as const;

export class NodeTooOldError extends MarathonError {
  readonly code = 'MARATHON_NODE_TOO_OLD';
}

/**
 * What runs Marathon uses what older ones do not have, and would fail in the middle of its start; npm only warns of them.
 * @throws NodeTooOldError
 */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new NodeTooOldError(`this is Node ${version}: run it with Node ${oldest.join('.')} or newer`);
}
