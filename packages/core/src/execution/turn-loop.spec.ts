import { describe, expect, it } from '@jest/globals';
import { runId } from '../ids.js';
import { type Turn, TurnLoop } from './turn-loop.js';

const silent = { turnBegan() {}, turnEnded() {} };

/** Writes down when turns begin and end, and what comes in between. */
function journal() {
  const entries: string[] = [];
  const turn = (name: string, more: { begin?: () => void; end?: () => Turn | undefined } = {}): Turn => ({
    runId: runId(name),
    begin: () => {
      entries.push(`${name} begins`);
      more.begin?.();
    },
    end: () => {
      entries.push(`${name} ends`);
      return more.end?.();
    },
  });
  const ended = (turns: TurnLoop) => new Promise<void>((resolve) => turns.run(turn('last', { end: () => void resolve() })));
  return { entries, turn, ended };
}

/** Somebody else's callback, as early as Node may call one. */
const foreign = (action: () => void) => {
  setImmediate(action);
  setTimeout(action, 0);
};

describe('TurnLoop', () => {
  it('ends a turn when its microtasks are drained, and before the next begins (T1, T2)', async () => {
    const { entries, turn, ended } = journal();
    const turns = new TurnLoop(silent);
    const drain = async (name: string) => {
      for (let i = 0; i < 3; i++) await null;
      entries.push(`${name} has drained`);
    };
    for (const name of ['a', 'b']) turns.run(turn(name, { begin: () => void drain(name) }));
    await ended(turns);
    expect(entries.slice(0, 6)).toEqual(['a begins', 'a has drained', 'a ends', 'b begins', 'b has drained', 'b ends']);
  });

  it('lets nothing foreign into a turn, not even into the last one of a batch (T1)', async () => {
    const { entries, turn } = journal();
    const turns = new TurnLoop(silent);
    await new Promise<void>((resolve) => {
      turns.run(turn('a', { begin: () => foreign(() => entries.push('foreign')), end: () => void setTimeout(resolve, 5) }));
    });
    expect(entries).toEqual(['a begins', 'a ends', 'foreign', 'foreign']);
  });

  it('lets nothing foreign into a turn that is queued while another is open', async () => {
    const { entries, turn } = journal();
    const turns = new TurnLoop(silent);
    await new Promise<void>((resolve) => {
      const second = turn('b', { begin: () => foreign(() => entries.push('foreign')), end: () => void setTimeout(resolve, 5) });
      turns.run(turn('a', { begin: () => queueMicrotask(() => turns.run(second)) }));
    });
    expect(entries).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'foreign', 'foreign']);
  });

  it('brings a follow-up before everything that is queued, as closed to others as any turn', async () => {
    const { entries, turn, ended } = journal();
    const turns = new TurnLoop(silent);
    const second = turn('a2', { begin: () => foreign(() => entries.push('foreign')) });
    turns.run(turn('a1', { end: () => second }));
    turns.run(turn('b'));
    await ended(turns);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const own = entries.filter((entry) => entry !== 'foreign');
    expect(own).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends', 'b begins', 'b ends', 'last begins', 'last ends']);
    expect(entries.indexOf('foreign')).toBeGreaterThan(entries.indexOf('a2 ends'));
  });

  it('begins and ends every turn exactly once, whenever they are queued', async () => {
    const { entries, turn, ended } = journal();
    const turns = new TurnLoop(silent);
    let followUps = 0;
    const names = Array.from({ length: 100 }, (_, i) => `t${i}`);
    for (const [i, name] of names.entries()) {
      turns.run(turn(name, { end: () => (i % 7 === 0 && followUps++ < 50 ? turn(`after ${name}`) : undefined) }));
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await ended(turns);
    for (let i = 0; i < entries.length; i += 2) expect(entries[i + 1]).toBe(entries[i]?.replace('begins', 'ends'));
    expect(new Set(entries).size).toBe(entries.length);
    expect(entries).toHaveLength(2 * (100 + 15 + 1));
  });

  it('tells the monitor of each turn', async () => {
    const told: string[] = [];
    const turns = new TurnLoop({ turnBegan: (id) => told.push(id), turnEnded: () => told.push('end') });
    const { turn, ended } = journal();
    turns.run(turn('a'));
    await ended(turns);
    expect(told).toEqual(['a', 'end', 'last', 'end']);
  });
});
