import { z } from 'zod';
import { databaseUrl, type EnvironmentVariables, wholeNumber } from './environment.js';

/** Where a process serves its HTTP. */
export const hostAddress = {
  MARATHON_HOST: z.string().default('127.0.0.1').describe('the address that HTTP is served at; 0.0.0.0 in a container'),
} satisfies EnvironmentVariables;

/** A process whose only HTTP is its health. */
export const healthVariables = {
  ...hostAddress,
  MARATHON_HEALTH_PORT: wholeNumber(0, 65_535)
    .default(8_081)
    .describe('the port of GET /health/live and /health/ready; 0 takes a free one'),
} satisfies EnvironmentVariables;

/** A process that reads and writes what is durable. */
export const databaseVariables = {
  MARATHON_DATABASE_URL: databaseUrl().describe('the address of PostgreSQL: postgresql://user:password@host:5432/database'),
} satisfies EnvironmentVariables;
