import { describe, expect, it } from '@jest/globals';
import { Contract, type OpenApiDocument } from '../api/contract.js';
import { useSystem } from '../system/use-system.js';

const system = useSystem();

const rows = [
  'POST /workflows',
  'GET /workflows',
  'GET /workflows/count',
  'GET /workflows/{workflowId}',
  'GET /workflows/{workflowId}/history',
  'GET /workflows/{workflowId}/why',
  'GET /workflows/{workflowId}/events',
  'GET /workflows/{workflowId}/result',
  'POST /workflows/{workflowId}/signals/{name}',
  'POST /workflows/{workflowId}/cancel',
  'POST /workflows/{workflowId}/terminate',
  'POST /workflows/{workflowId}/queries/{name}',
  'POST /workflows/{workflowId}/updates/{name}',
  'GET /workflows/{workflowId}/updates/{updateId}',
  'POST /workflows/{workflowId}/resume',
  'POST /tokens/{token}/complete',
  'POST /tokens/{token}/fail',
  'POST /tokens/{token}/heartbeat',
  'GET /payloads/{name}',
  'GET /approvals',
  'GET /approvals/{id}',
  'POST /approvals/{id}/answer',
  'GET /definitions',
  'GET /limits',
  'GET /health/live',
  'GET /health/ready',
];

const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ row: `${method.toUpperCase()} ${path}`, operation })),
  );

describe('the published description of the API', () => {
  it('has every operation, each under a name of its own', async () => {
    const document = await system.api.openApi();
    expect(document.openapi).toMatch(/^3\.1\./);
    const operations = operationsOf(document);
    expect(operations.map(({ row }) => row).sort()).toEqual([...rows].sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('consists of JSON Schemas that hang together', async () => {
    const document = await system.api.openApi();
    const contract = new Contract(document);
    const schemas = operationsOf(document).flatMap(({ operation: { requestBody, parameters = [], responses } }) => [
      ...parameters.map(({ schema }) => schema),
      ...[requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}).map(({ schema }) => schema)),
    ]);
    expect(schemas.length).toBeGreaterThan(50);
    for (const schema of [...schemas, ...Object.values(document.components.schemas)]) expect(() => contract.compile(schema)).not.toThrow();
  });

  it('names every parameter of a path', async () => {
    for (const { row, operation } of operationsOf(await system.api.openApi())) {
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([row, named]).toEqual([row, [...row.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    }
  });

  it('describes the problems that any request may meet', async () => {
    for (const { row, operation } of operationsOf(await system.api.openApi())) {
      expect([row, Object.keys(operation.responses)]).toEqual([row, expect.arrayContaining(['400', '500', '503'])]);
    }
  });
});
