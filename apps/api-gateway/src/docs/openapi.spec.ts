import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayWorld } from '../../test/gateway-world.js';
import { problems } from '../http/problems.js';
import { openApiDocument } from './openapi.js';
import { operations } from './operations.js';

const text = JSON.stringify(openApiDocument());

describe('the OpenAPI document', () => {
  it('refers only to schemas that it has', () => {
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, object> } };
    const names = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => (ref as string).replace('#/components/schemas/', ''));
    expect(names).not.toHaveLength(0);
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining([...new Set(names)]));
  });

  it('looks like OpenAPI 3.1', () => {
    expect(JSON.parse(text)).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/workflows': {
          post: {
            operationId: 'startWorkflow',
            parameters: [
              { name: 'wait', in: 'query', required: false },
              { name: 'Idempotency-Key', in: 'header', required: false },
            ],
            requestBody: {
              required: true,
              content: { 'application/json': { schema: { $ref: '#/components/schemas/StartWorkflowRequest' } } },
            },
            responses: { 201: {}, 409: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
          },
          get: {
            parameters: expect.arrayContaining([
              expect.objectContaining({ name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 200 } }),
            ]),
          },
        },
      },
      components: { schemas: { StartWorkflowRequest: { required: ['workflow'], additionalProperties: false } } },
    });
  });
});

describe('what it says is there', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await GatewayWorld.open();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(operations.map(({ method, path }) => [method.toUpperCase() as 'GET' | 'POST', path] as const))('%s %s', async (method, path) => {
    const url = path.replaceAll(/\{(\w+)\}/g, 'x');
    const { body } = await world.request(method, url);
    expect(body.code).not.toBe('MARATHON_ROUTE_NOT_FOUND');
  });

  it('and everything that is there is in it', () => {
    const routes = [
      ...world.app
        .getHttpAdapter()
        .getInstance()
        .printRoutes({ commonPrefix: false })
        .matchAll(/\((?:GET|POST)[^)]*\)/g),
    ];
    const pages = ['/openapi.json', '/docs', '/docs/errors', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'];
    const methods = routes.flatMap(([list]) => (list as string).slice(1, -1).split(', '));
    expect(methods).toHaveLength(operations.length + pages.length);
  });

  it('is served, and can be browsed without any other server', async () => {
    expect((await world.request('GET', '/openapi.json')).text).toBe(text);
    const page = await world.request('GET', '/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.text).not.toMatch(/https?:\/\//);
    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address as string);
    expect(addresses).toHaveLength(2);
    for (const address of addresses) expect(await world.request('GET', address)).toMatchObject({ status: 200 });
  });

  it('explains every problem where its type points to', async () => {
    const { text: page } = await world.request('GET', '/docs/errors');
    for (const code of Object.keys(problems)) expect(page).toContain(`id="${code}"`);
  });
});
