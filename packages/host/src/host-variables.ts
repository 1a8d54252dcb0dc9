import { z } from 'zod';
import type { EnvironmentVariables } from './environment.js';
import { logFormats, logLevels } from './logger.js';

/** What every process reads. */
export const hostVariables = {
  MARATHON_LOG_LEVEL: z
    .enum(logLevels, `is none of ${logLevels.join(', ')}`)
    .default('info')
    .describe('the least that is logged'),
  MARATHON_LOG_FORMAT: z
    .enum(logFormats, `is none of ${logFormats.join(', ')}`)
    .optional()
    .describe('default: text on a terminal, JSON elsewhere'),
} satisfies EnvironmentVariables;
