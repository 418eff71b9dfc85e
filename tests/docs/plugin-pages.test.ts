import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { busyCycles, loadScenario, PluginRegistry, type JsonSchema, type Plugin } from '../../core/index.js';
import { runSchedule } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { documentationPages, namedParameters, pageOf, parameterRows, sectionOf } from './pages.js';

/** Not of a plugin: the index, and the links that machines are connected by. */
const OF_NO_PLUGIN = ['docs/plugins/README.md', 'docs/models/connection.md'];

const cases = builtinPlugins.map((plugin) => [`${plugin.kind} ${plugin.name}`, plugin] as const);

/** A collective algorithm has no configuration; what it needs stands in the schedule. */
function propertiesOf(plugin: Plugin): Readonly<Record<string, JsonSchema>> {
  return plugin.kind === 'extension' ? {} : ((plugin.configSchema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
}

/** As the tables write it: `-` for none, `all` for every value that there is. */
function defaultText({ default: value, items }: JsonSchema): string {
  if (value === undefined) return '-';
  const choices = (items as JsonSchema | undefined)?.['enum'];
  if (choices !== undefined && JSON.stringify(choices) === JSON.stringify(value)) return 'all';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('the pages of the plugins', () => {
  it.each(cases)('%s has one', (_, plugin) => {
    const page = pageOf(plugin);
    expect(existsSync(page), page).toBe(true);
    expect(readFileSync(page, 'utf8').split('\n')[0]).toContain(plugin.name);
  });

  it.each(cases)('%s: the page names every parameter', (_, plugin) => {
    const named = namedParameters(pageOf(plugin));
    expect(Object.keys(propertiesOf(plugin)).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(cases)('%s: the table has the names, defaults and units of the schema', (_, plugin) => {
    const properties = propertiesOf(plugin);
    const rows = parameterRows(readFileSync(pageOf(plugin), 'utf8'));
    const asDeclared = rows.map(({ name }) => ({ name, defaultText: defaultText(properties[name] ?? {}), unit: properties[name]?.['unit'] ?? '' }));
    expect(rows).toEqual(asDeclared);
    expect(rows.filter(({ name }) => properties[name] === undefined)).toEqual([]);
    if (Object.keys(properties).length > 0) expect(rows).not.toEqual([]);
  });

  it.each(cases)('%s: the page has an example, and says what is left out', (_, plugin) => {
    const text = readFileSync(pageOf(plugin), 'utf8');
    expect(sectionOf(text, 'Example')).toMatch(/npx tessera (run|validate|suite|workload|import|crosscheck|report|compare) /);
    expect(text).toMatch(/^(## Left out|\*\*Left out\.\*\*)/m);
  });

  it('are all of a plugin that there is, and all in the index', () => {
    const pages = documentationPages().filter((page) => /^docs\/(models|plugins)\//.test(page) && !OF_NO_PLUGIN.includes(page));
    expect(pages).toEqual([...new Set(builtinPlugins.map(pageOf))].sort());
    const index = readFileSync('docs/plugins/README.md', 'utf8');
    expect(pages.filter((page) => !index.includes(`(${path.posix.relative('docs/plugins', page)})`))).toEqual([]);
  });
});

describe('the example of docs/models/cache.md', () => {
  it('runs', async () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/models/cache.md', 'utf8')) ?? [];
    const file = path.join(temporaryFolder('docs'), 'cache.yaml');
    writeFileSync(file, text);
    const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
    const { outcome, blocks } = await runSchedule(scenario, registry);
    expect(outcome).toBe('finished');
    expect(busyCycles(blocks.find((block) => block.path === 'llc')!)).toBeGreaterThan(0);
  });
});
