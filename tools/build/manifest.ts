import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Plugin } from '@oclif/core';

/**
 * Writes oclif.manifest.json from the compiled commands, so that a call loads only the command it runs. oclif's own
 * development tool would do the same, but wants a newer Node than we do.
 * @returns the number of commands.
 */
export async function writeManifest(root: string): Promise<number> {
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  const { manifest } = plugin;
  writeFileSync(path.join(root, 'oclif.manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return Object.keys(manifest.commands).length;
}
