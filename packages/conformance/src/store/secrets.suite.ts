import { describe, expect, it } from '@jest/globals';
import { useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeSecrets(name: string, setup: StoreSetup): void {
  describe(`Secrets: ${name}`, () => {
    const fixture = useFixture(setup);

    it('has a key of 32 bytes, the same whenever it is read', async () => {
      const { secrets } = fixture().world;
      const [secret, ...others] = await secrets.read('activity-tokens');

      expect(secret).toMatchObject({ version: 1 });
      expect(secret!.key).toHaveLength(32);
      expect(others).toEqual([]);
      expect(await secrets.read('activity-tokens')).toEqual([secret]);
    });
  });
}
