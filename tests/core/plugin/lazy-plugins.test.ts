import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/errors.js';
import { definePlugin, type Plugin } from '../../../core/plugin/define-plugin.js';
import { extensionPoint } from '../../../core/model/extension-point.js';
import { lazyFactsOf, type LazyPlugin } from '../../../core/plugin/lazy-plugin.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';

const point = extensionPoint<number>('test.point');
const about = { version: '1.0.0', summary: 'for the test' };
const configSchema = { type: 'object', properties: {} } as const;
const plugins: readonly Plugin[] = [
  definePlugin<number>({ kind: 'extension', name: 'one', point, value: 1, ...about }),
  definePlugin({
    kind: 'importer',
    name: 'reader',
    extensions: ['.x.yaml'],
    produces: ['workload'],
    recognise: () => 1,
    read: () => ({}),
    configSchema,
    ...about,
  }),
  definePlugin({ kind: 'exporter', name: 'writer', configSchema, needsTrace: false, export: () => [], ...about }),
];

/** A registry of plugins that note when they are evaluated. */
function lazyRegistry(): { registry: PluginRegistry; evaluated: string[] } {
  const evaluated: string[] = [];
  const lazy = plugins.map((plugin): LazyPlugin => ({ ...lazyFactsOf(plugin), load: () => (evaluated.push(plugin.name), plugin) }));
  return { registry: new PluginRegistry(lazy), evaluated };
}

describe('lazy plugins', () => {
  it('are listed and missed by name without being evaluated', () => {
    const { registry, evaluated } = lazyRegistry();
    expect(registry.list().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['importer reader', 'exporter writer', 'extension one']);
    expect(registry.find('exporter', 'none')).toBeUndefined();
    expect(() => registry.get('exporter', 'writr')).toThrow(InputError);
    expect(registry.importerFor('a.yaml')).toBeUndefined();
    expect(registry.extensions(extensionPoint('another.point')).size).toBe(0);
    expect(evaluated).toEqual([]);
  });

  it('are evaluated once, when one of them is used, and are the same plugins as without', () => {
    const { registry, evaluated } = lazyRegistry();
    expect(registry.get('exporter', 'writer')).toBe(plugins[2]);
    expect(registry.extend().get('exporter', 'writer')).toBe(plugins[2]);
    expect(evaluated).toEqual(['writer']);
    expect(registry.importerFor('B.X.YAML', 'workload')).toBe(plugins[1]);
    expect([...registry.extensions(point)]).toEqual([['one', 1]]);
    expect(evaluated).toEqual(['writer', 'reader', 'one']);
  });

  it('keep their name against a plugin that comes later', () => {
    const { registry } = lazyRegistry();
    expect(() => registry.add({ ...plugins[2] }, './mine.js')).toThrow(/a exporter plugin 'writer' is registered already/);
    expect(registry.add(plugins[2])).toBe(plugins[2]);
  });
});
