import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Tells this process from all others, of this machine and of others: `orchestrator-pod7-17-a3f09c`. */
export const processName = (role: string): string => `${role}-${hostname().slice(0, 100)}-${process.pid}-${randomBytes(3).toString('hex')}`;
