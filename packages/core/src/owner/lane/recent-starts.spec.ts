import { describe, expect, it } from '@jest/globals';
import { runId } from '../../index.js';
import { RecentStarts } from './recent-starts.js';

describe('RecentStarts', () => {
  it('knows the last 10,000 starts at least, and 20,000 at most', () => {
    const starts = new RecentStarts();
    const ids = Array.from({ length: 30_000 }, (_, i) => runId(`${i}`));
    expect(ids.every((id) => starts.note(id))).toBe(true);
    expect(ids.slice(20_000).some((id) => starts.note(id))).toBe(false);
    expect(ids.slice(0, 10_000).every((id) => starts.note(id))).toBe(true);
  });
});
