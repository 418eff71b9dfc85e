import { describe, expect, it } from 'vitest';
import { definePlugin, extensionPoint, type Plugin } from '../../../core/index.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { toyPlugins, toyRegistry } from '../scenario/load-fixture.js';

const point = extensionPoint<number>('toy.point');
const value = (name: string, number: number): Plugin =>
  definePlugin<number>({ kind: 'extension', name, version: '1.0.0', summary: 'For tests', point, value: number });

const importer = (name: string, ending: string, sure = 1): Plugin =>
  definePlugin<object>({
    kind: 'importer',
    name,
    version: '1.0.0',
    summary: 'For tests',
    configSchema: {},
    produces: ['workload'],
    extensions: ending === '' ? [] : [ending],
    recognise: () => sure,
    read: () => ({}),
  });

describe('the registry', () => {
  it('lists plugins by kind and name, whatever the order in which they came', () => {
    const names = (plugins: readonly Plugin[]): string[] => new PluginRegistry(plugins).list().map(({ plugin }) => `${plugin.kind} ${plugin.name}`);
    expect(names([...toyPlugins].reverse())).toEqual(names(toyPlugins));
    expect(names(toyPlugins)[0]).toBe('core toy-core');
  });

  it('names the nearest plugin for a misspelt one, and the kind of one of another kind', () => {
    const registry = toyRegistry();
    expect(() => registry.block('toy-cor')).toThrow("unknown block plugin 'toy-cor'; expected toy-core, toy-memory or toy-network; did you mean 'toy-core'?");
    expect(() => registry.get('mapper', 'toy-core')).toThrow("'toy-core' is a plugin of kind core, not mapper");
  });

  it('takes a name once for all blocks, and once for each other kind', () => {
    const registry = toyRegistry();
    const [core] = toyPlugins as [Plugin];
    expect(registry.add(core)).toBe(core);
    expect(() => registry.add({ ...core, kind: 'memory' }, './mine.js')).toThrow("./mine.js: a core plugin 'toy-core' is registered already (built-in)");
    expect(() => registry.add(importer('toy-core', '.x'))).not.toThrow();
  });

  it('keeps what a scenario adds to itself', () => {
    const registry = toyRegistry();
    const child = registry.extend();
    child.add(importer('mine', '.mine'));
    expect(child.find('importer', 'mine')).toBeDefined();
    expect(registry.find('importer', 'mine')).toBeUndefined();
  });

  it('finds the importer with the longest ending', () => {
    const registry = new PluginRegistry([importer('json', '.json'), importer('tiles', '.tiles.json')]);
    expect(registry.importerFor('A.TILES.JSON')?.name).toBe('tiles');
    expect(registry.importerFor('b.json')?.name).toBe('json');
    expect(registry.importerFor('b.json', 'schedule')).toBeUndefined();
  });

  it('asks the importers when several read the ending, or when one reads every file', () => {
    const source = () => ({ fileName: 'x', bytes: new Uint8Array(), readSibling: () => undefined });
    const registry = new PluginRegistry([
      importer('unsure', '.a.json', 0.2),
      importer('sure', '.json', 0.9),
      importer('any', '', 0.5),
      importer('none', '.none', 0),
    ]);
    expect(registry.importerFor('x.a.json', 'workload', source)?.name).toBe('sure');
    expect(registry.importerFor('x.txt', 'workload', source)?.name).toBe('any');
    expect(registry.importerFor('x.none', 'workload', source)?.name).toBe('any');
  });

  it('gives extension values of one point, sorted by name', () => {
    const registry = new PluginRegistry([value('b', 2), value('a', 1)]);
    expect([...registry.extensions(point)]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(registry.extensions(extensionPoint('other')).size).toBe(0);
  });
});
