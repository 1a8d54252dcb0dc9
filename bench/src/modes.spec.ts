import { describe, expect, it } from '@jest/globals';
import { refusalOfMode } from './modes.js';

describe('refusalOfMode', () => {
  it('takes embedded', () => expect(refusalOfMode('embedded')).toBeUndefined());
  it('says what to use instead of cluster', () => expect(refusalOfMode('cluster')).toContain('--mode embedded'));
  it.each(['', 'toString', 'Embedded'])('names the modes when there is none called %j', (mode) => {
    expect(refusalOfMode(mode)).toContain('embedded, cluster');
  });
});
