import { expect, it } from '@jest/globals';
import { requireNode } from './node-version.js';

it.each(['20.20.2', '22.14.0'])('refuses Node %s, and names the oldest that will do', (version) => {
  expect(() => requireNode(version)).toThrow(`this is Node ${version}: run it with Node 22.15 or newer`);
});

it.each(['22.15.0', '24.0.0', process.versions.node])('takes Node %s', (version) => requireNode(version));
