import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../docs/page.js';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly main: string;
  readonly types: string;
  readonly license: string;
  readonly description: string;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Packed {
  readonly manifest: Manifest;
  /** Where its tarball is. */
  readonly tarball: string;
  /** What is in it. */
  readonly files: readonly string[];
}

/** Packs every package of the repository that is not private, as it was built. */
export function packAll(into: string): readonly Packed[] {
  const manifests = globSync('{packages,apps}/*/package.json', { cwd: root })
    .map((file) => ({ folder: path.dirname(file), manifest: JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest }))
    .filter(({ manifest }) => !manifest.private);
  const workspaces = manifests.flatMap(({ folder }) => ['-w', folder]);
  const output = execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', into, ...workspaces], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const packed = Object.values(JSON.parse(output)) as { name: string; filename: string; files: { path: string }[] }[];
  return manifests.map(({ manifest }) => {
    const { filename = '', files = [] } = packed.find(({ name }) => name === manifest.name) ?? {};
    return { manifest, tarball: path.join(into, filename), files: files.map((file) => file.path) };
  });
}
