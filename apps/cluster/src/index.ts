export { Cluster, type ClusterOptions, startCluster } from './cluster.js';
export { ClusterProcess, type ProcessEnd } from './cluster-process.js';
export { type Role, roles } from './roles.js';
