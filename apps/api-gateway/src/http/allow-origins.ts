import { type EnvironmentVariables, list } from '@marathon/host';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

export const originVariables = {
  MARATHON_CORS_ORIGINS: list()
    .refine((origins) => origins.every(isOrigin), 'is no list of origins such as https://shop.example')
    .optional()
    .describe('whose pages in browsers may call the API, besides its own: origins with commas between them, or * for all'),
} satisfies EnvironmentVariables;

/** Lets pages of other origins call the API. Without any, browsers keep all but pages of its own origin away from it. */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[] = []): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['Retry-After', 'Location'],
    maxAge: 600,
  });
}

const isOrigin = (text: string): boolean => text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);
