import { readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { compileSchema } from '../../../core/document/validate.js';
import type { Plugin } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';

const ROOT = path.resolve(import.meta.dirname, '../../../plugins');

/** Plugin folders by their place, e.g. `cores/systolic`; `lib` holds what several plugins share. */
function pluginFolders(): string[] {
  const kinds = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'lib');
  const folders = kinds.flatMap((kind) => readdirSync(path.join(ROOT, kind.name)).map((name) => `${kind.name}/${name}`));
  return folders.filter((folder) => existsSync(path.join(ROOT, folder, 'index.ts'))).sort();
}

describe('the list of built-in plugins', () => {
  it('has every plugin of every folder', async () => {
    const registered = new Set(builtinPlugins);
    for (const folder of pluginFolders()) {
      const module = (await import(path.join(ROOT, folder, 'index.ts'))) as { default?: Plugin | Plugin[] };
      expect(module.default, `${folder} has no default export`).toBeDefined();
      for (const plugin of [module.default as Plugin].flat()) expect(registered, `${folder} is not in plugins/index.ts`).toContain(plugin);
    }
  });

  it('goes through the same check as a third party', () => {
    expect(new PluginRegistry(builtinPlugins).list()).toHaveLength(builtinPlugins.length);
  });

  it.each(builtinPlugins.filter((plugin) => 'configSchema' in plugin).map((plugin) => [plugin.name, plugin] as const))(
    '%s has a schema that ajv takes strictly',
    (_, plugin) => {
      if ('configSchema' in plugin) expect(() => compileSchema(plugin.configSchema, plugin.name)).not.toThrow();
    },
  );
});
