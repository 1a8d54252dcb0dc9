import { readEnvironment } from '@marathon/host';
import { z } from 'zod';

export const urlVariable = {
  MARATHON_URL: z.string().describe('where a gateway is, as http://127.0.0.1:8080; MarathonModule.forRoot({ url }) says it, too'),
};

/** @throws EnvironmentError when nothing says where a gateway is */
export function gatewayUrl(): string {
  return readEnvironment({ MARATHON_URL: process.env.MARATHON_URL }, urlVariable).MARATHON_URL;
}
