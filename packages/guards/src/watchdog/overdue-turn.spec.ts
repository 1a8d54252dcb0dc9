import { describe, expect, it } from '@jest/globals';
import { runId } from '@marathon/core';
import { OverdueTurn } from './overdue-turn.js';
import { TurnRecord } from './turn-record.js';

const id = runId('01890a5d-ac96-774b-bcce-b302099a8057');

function setup(): { record: TurnRecord; ticks: (count: number) => (number | undefined)[] } {
  const record = new TurnRecord();
  const watched = new TurnRecord(record.memory);
  const overdue = new OverdueTurn(watched, 3);
  return { record, ticks: (count) => Array.from({ length: count }, () => overdue.tick()) };
}

describe('OverdueTurn', () => {
  it('finds a turn that outlasts the ticks, and finds it again as long as it lasts', () => {
    const { record, ticks } = setup();
    record.turnBegan(id);
    expect(ticks(7)).toEqual([undefined, undefined, undefined, 1, undefined, undefined, 1]);
  });

  it('begins anew with each turn', () => {
    const { record, ticks } = setup();
    for (let turn = 0; turn < 5; turn++) {
      record.turnBegan(id);
      expect(ticks(3)).toEqual([undefined, undefined, undefined]);
      record.turnEnded();
    }
  });

  it('does not count time between turns', () => {
    const { record, ticks } = setup();
    expect(ticks(10)).toEqual(Array(10).fill(undefined));
    record.turnBegan(id);
    record.turnEnded();
    expect(ticks(10)).toEqual(Array(10).fill(undefined));
  });

  it('does not count while a debugger listens (W4)', () => {
    const { record, ticks } = setup();
    record.turnBegan(id);
    record.isDebugged = true;
    expect(ticks(10)).toEqual(Array(10).fill(undefined));
    record.isDebugged = false;
    expect(ticks(3)).toEqual([undefined, undefined, 3 - 2]);
  });
});

describe('TurnRecord', () => {
  it('shows the other thread the run of the current turn', () => {
    const record = new TurnRecord();
    const other = new TurnRecord(record.memory);
    expect(other.currentTurn()).toBeUndefined();
    record.turnBegan(id);
    expect([other.currentTurn(), other.currentRunId()]).toEqual([1, id]);
    record.turnEnded();
    expect(other.currentTurn()).toBeUndefined();
    record.turnBegan(runId(id.replace('0', '1')));
    expect([other.currentTurn(), other.currentRunId()]).toEqual([3, id.replace('0', '1')]);
  });
});
