import { describe, expect, it } from '@jest/globals';
import { type Payload, recordedPayload } from '@marathon/core';
import { advance, namespace, startedEvent, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

const inAnHour = () => Date.now() + 3_600_000;

/** Texts that a store of JSON would change: order of keys, numbers, escapes, characters of all lengths. */
const text = recordedPayload('{"b":1.0,"a":[1e21,-0,"\\u0000 \\ud800 \\" 😀 é\\n"],"b":2, "c" : null}');

export function describePayloadStore(name: string, setup: StoreSetup): void {
  describe(`PayloadStore: ${name}`, () => {
    const fixture = useFixture(setup);
    const store = () => fixture().world.payloads;

    async function write(...texts: readonly Payload[]) {
      const references = texts.map((one) => store().referenceTo(one));
      await store().write(new Map(texts.map((one, i) => [references[i]!, one])));
      return references;
    }

    it('calls a text by its content (Y2)', () => {
      const euro = recordedPayload('"€"');
      expect(store().referenceTo(euro)).toBe('@sha256:33ab3f1aaa9b5b06e754decf4e24302477eac3714490bbb587a4b56903c0090c:5');
    });

    it('reads what was written, byte for byte, and leaves out what was not (Y1)', async () => {
      const [reference] = await write(text);
      const unknown = store().referenceTo(recordedPayload('"never written"'));

      expect([...(await store().read([reference!, unknown]))]).toEqual([[reference, text]]);
    });

    it('takes megabytes, and the same twice (Y2)', async () => {
      const large = recordedPayload(JSON.stringify('é'.repeat(3 * 1024 * 1024)));
      const [reference] = await write(large);
      await write(large);

      expect((await store().read([reference!])).get(reference!)).toBe(large);
    });

    it('removes what nothing refers to, and nothing that is young (Y3)', async () => {
      const [unused, used, requested, carried] = await write(
        text,
        recordedPayload('"used"'),
        recordedPayload('"requested"'),
        recordedPayload('"carried"'),
      );
      const [run, other] = await fixture().startRuns(2);
      const started = startedEvent('successor');
      await fixture().startRun({ started: { ...started, data: { ...started.data, signals: [{ name: 'go', payload: carried! }] } } });
      const event = { seq: 2, type: 'SignalReceived', at: Date.now(), data: { n: 1, name: 'go' }, payload: used! } as const;
      await fixture().commit(advance(run!, { events: [event] }));
      const { workflowId } = other!;
      await fixture().intake.request([{ namespace, workflowId, request: { kind: 'signal', name: 'go', payload: requested! } }]);

      expect(await store().removeUnused(Date.now() - 3_600_000)).toEqual({ removed: 0, isPartial: false });
      expect(await store().removeUnused(inAnHour())).toEqual({ removed: 1, isPartial: false });
      expect([...(await store().read([unused!, used!, requested!, carried!])).keys()].sort()).toEqual([used, requested, carried].sort());
    });
  });
}
