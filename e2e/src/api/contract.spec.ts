import { describe, expect, it } from '@jest/globals';
import { Contract, ContractError, type OpenApiDocument } from './contract.js';

const run = { $ref: '#/components/schemas/Run' };
const document: OpenApiDocument = {
  openapi: '3.1.0',
  paths: {
    '/runs/{id}': {
      get: { operationId: 'getRun', responses: { 200: { description: '', content: { 'application/json': { schema: run } } } } },
    },
  },
  components: {
    schemas: {
      Run: { type: 'object', properties: { at: { $ref: '#/components/schemas/Instant' } }, required: ['at'] },
      Instant: { type: 'string', format: 'date-time' },
    },
  },
};
const check = (status: number, contentType: string, body: unknown) =>
  new Contract(document).check('GET', '/runs/7?wait=1s', status, contentType, JSON.stringify(body));

describe('Contract', () => {
  it('takes what is described', () => {
    expect(() => check(200, 'application/json; charset=utf-8', { at: '2024-01-01T00:00:00.000Z' })).not.toThrow();
  });

  it.each([
    ['another status', 404, 'application/json', {}],
    ['another type', 200, 'text/html', 'a'],
    ['a member that is missing', 200, 'application/json', {}],
    ['a member of another form', 200, 'application/json', { at: 'yesterday' }],
  ])('refuses %s', (_, status, contentType, body) => {
    expect(() => check(status, contentType, body)).toThrow(ContractError);
  });

  it('says nothing of what it does not know', () => {
    expect(() => new Contract(document).check('GET', '/other', 500, 'text/html', 'x')).not.toThrow();
  });
});
