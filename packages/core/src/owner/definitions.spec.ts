import { describe, expect, it } from '@jest/globals';
import { Definitions, DuplicateWorkflowError } from './definitions.js';

describe('Definitions', () => {
  const one = { name: 'one', run: async () => 1 };

  it('knows workflows by name', () => {
    const definitions = new Definitions([one, { name: 'two', run: async () => 2 }]);
    expect(definitions.get('one')).toBe(one);
    expect(definitions.get('three')).toBeUndefined();
    expect(definitions.registrations).toEqual([{ name: 'one' }, { name: 'two' }]);
  });

  it('refuses two of one name', () => {
    expect(() => new Definitions([one, { name: 'one', run: async () => 2 }])).toThrow(DuplicateWorkflowError);
  });

  it('is another build when the code is another', () => {
    const build = (run: () => Promise<unknown>) => new Definitions([{ name: 'one', run }]).build;
    expect(build(async () => 1)).toBe(build(async () => 1));
    expect(build(async () => 1)).not.toBe(build(async () => 2));
    expect(new Definitions([one], 'v7').build).toBe('v7');
  });
});
