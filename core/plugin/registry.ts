import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { BLOCK_KINDS, type BlockKind, type BlockPlugin } from './block-plugin.js';
import { PLUGIN_KINDS, type Plugin, type PluginKind } from './define-plugin.js';
import type { ExtensionPoint } from '../model/extension-point.js';
import { serviceOf } from '../model/service.js';
import type { BlockCatalogue } from './block-schema.js';
import { extensionAccess } from './extension-access.js';
import type { ExtensionPlugin } from './extension-plugin.js';
import { isLazyPlugin, lazyFactsOf, type LazyPlugin } from './lazy-plugin.js';
import { listNames, nearestName } from '../document/nearest.js';
import { checkPluginShape } from './plugin-shape.js';
import type { RunnerPlugin, StorePlugin } from './suite-plugins.js';
import type { ImporterPlugin, ImportPart, ImportSource } from './importer-plugin.js';
import type { CrosscheckPlugin, EstimatorPlugin, ExporterPlugin, MapperPlugin, ExperimentPlugin } from './tool-plugins.js';

interface PluginByKind {
  mapper: MapperPlugin;
  estimator: EstimatorPlugin;
  importer: ImporterPlugin;
  exporter: ExporterPlugin;
  experiment: ExperimentPlugin;
  crosscheck: CrosscheckPlugin;
  extension: ExtensionPlugin;
  runner: RunnerPlugin;
  store: StorePlugin;
}

export interface RegisteredPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  /** Evaluated at its first use, if it is a lazy one. */
  readonly plugin: Plugin;
  /** `built-in`, or the file or package that a scenario named. */
  readonly origin: string;
}

export const BUILT_IN = 'built-in';

const isBlockKind = (kind: string): kind is BlockKind => (BLOCK_KINDS as readonly string[]).includes(kind);

/** Blocks of all kinds share the word `use:`, so they share one space of names; every other kind has its own. */
function keyOf({ kind, name, point }: Omit<LazyPlugin, 'load'>): string {
  if (isBlockKind(kind)) return `block ${name}`;
  return point === undefined ? `${kind} ${name}` : `${kind} ${point} ${name}`;
}

/** An entry of the registry: what finds a plugin, and the plugin as soon as somebody asks for it. */
class Entry implements RegisteredPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  private loaded: Plugin | undefined;

  constructor(
    readonly facts: LazyPlugin,
    readonly origin: string,
  ) {
    this.kind = facts.kind;
    this.name = facts.name;
  }

  get plugin(): Plugin {
    this.loaded ??= checkPluginShape(this.facts.load(), this.origin);
    return this.loaded;
  }
}

/**
 * All plugins that a scenario may name. Built-ins and third-party plugins come in through the same `add`. A scenario's
 * own plugins live in a child made by `extend`, so that one scenario of a suite cannot see those of another.
 */
export class PluginRegistry implements BlockCatalogue {
  private readonly byKey = new Map<string, Entry>();

  constructor(plugins: readonly (Plugin | LazyPlugin)[] = [], origin: string = BUILT_IN) {
    for (const plugin of plugins) {
      if (isLazyPlugin(plugin)) this.enter(new Entry(plugin, origin));
      else this.add(plugin, origin);
    }
  }

  /** Takes a plugin in. Throws InputError when it is not one, or when its name is taken. */
  add(candidate: unknown, origin: string = BUILT_IN, place?: SourcePlace): Plugin {
    const plugin = checkPluginShape(candidate, origin, place);
    this.enter(new Entry({ ...lazyFactsOf(plugin), load: () => plugin }, origin), place);
    return plugin;
  }

  private enter(entry: Entry, place?: SourcePlace): void {
    const key = keyOf(entry.facts);
    const present = this.byKey.get(key);
    if (present === undefined) this.byKey.set(key, entry);
    else if (present.plugin !== entry.plugin) {
      throw new InputError({
        ...place,
        message: `${entry.origin}: a ${present.kind} plugin '${entry.name}' is registered already (${present.origin})`,
        expected: 'a name of its own for every plugin',
      });
    }
  }

  /** A copy that more plugins can be added to. */
  extend(): PluginRegistry {
    const child = new PluginRegistry();
    for (const [key, entry] of this.byKey) child.byKey.set(key, entry);
    return child;
  }

  /** All plugins, sorted by kind in the order of PLUGIN_KINDS, then by name: the order of registration never shows. */
  list(kind?: PluginKind): readonly RegisteredPlugin[] {
    return this.entries(kind);
  }

  private entries(kind?: PluginKind): readonly Entry[] {
    const rank = (entry: Entry): number => PLUGIN_KINDS.indexOf(entry.kind);
    return [...this.byKey.values()]
      .filter((entry) => kind === undefined || entry.kind === kind)
      .sort((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name));
  }

  blocks(): readonly BlockPlugin[] {
    return this.list().flatMap((entry) => (isBlockKind(entry.kind) ? [entry.plugin as BlockPlugin] : []));
  }

  plugins<K extends keyof PluginByKind>(kind: K): readonly PluginByKind[K][] {
    return this.list(kind).map(({ plugin }) => plugin as PluginByKind[K]);
  }

  findBlock(name: string): BlockPlugin | undefined {
    return this.byKey.get(`block ${name}`)?.plugin as BlockPlugin | undefined;
  }

  find<K extends keyof PluginByKind>(kind: K, name: string): PluginByKind[K] | undefined {
    if (kind === 'extension') return this.entries(kind).find((entry) => entry.name === name)?.plugin as PluginByKind[K] | undefined;
    return this.byKey.get(`${kind} ${name}`)?.plugin as PluginByKind[K] | undefined;
  }

  /** The block plugin of this name; otherwise an InputError with the nearest one. */
  block(name: string, place?: SourcePlace): BlockPlugin {
    const found = this.findBlock(name);
    if (found !== undefined) return found;
    const names = this.list().flatMap((entry) => (isBlockKind(entry.kind) ? [entry.name] : []));
    throw new InputError(this.unknownName('block', name, names, place));
  }

  /** The plugin of this kind and name; otherwise an InputError with the nearest one. */
  get<K extends keyof PluginByKind>(kind: K, name: string, place?: SourcePlace): PluginByKind[K] {
    const found = this.find(kind, name);
    if (found !== undefined) return found;
    throw new InputError(
      this.unknownName(
        kind,
        name,
        this.list(kind).map((entry) => entry.name),
        place,
      ),
    );
  }

  /**
   * The importer for a file: of those that read its ending and make the part, the one that is surest that the file is its own. Equally
   * sure ones: the longest ending wins, then the first name. `source` is asked for only where there is a choice.
   */
  importerFor(fileName: string, part?: ImportPart, source?: () => ImportSource): ImporterPlugin | undefined {
    const fits = this.importersOf(fileName, part);
    const read = source === undefined || fits.length === 0 || (fits.length === 1 && fits[0]!.ending !== '') ? undefined : source();
    const rated = fits.map(({ importer, ending }) => ({ importer, ending, score: read === undefined ? 1 : importer().recognise(read) }));
    const best = rated.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    return best[0]?.importer();
  }

  /** Longest ending first. */
  private importersOf(fileName: string, part?: ImportPart): { readonly importer: () => ImporterPlugin; readonly ending: string }[] {
    const lower = fileName.toLowerCase();
    return this.entries('importer')
      .filter((entry) => part === undefined || entry.facts.produces?.includes(part) === true)
      .flatMap((entry) => {
        const endings = entry.facts.extensions ?? [];
        const longest = (endings.length === 0 ? [''] : endings).filter((one) => lower.endsWith(one.toLowerCase())).sort((a, b) => b.length - a.length)[0];
        return longest === undefined ? [] : [{ importer: () => entry.plugin as ImporterPlugin, ending: longest, name: entry.name }];
      })
      .sort((a, b) => b.ending.length - a.ending.length || compareNames(a.name, b.name));
  }

  /** What has been registered for an extension point, sorted by name: constants, and what needs no configuration. */
  extensions<T>(point: ExtensionPoint<T>): ReadonlyMap<string, T> {
    return extensionAccess(this, { owner: point.name, seed: 1 }).extensions(point);
  }

  extensionNames(point: string): readonly string[] {
    return this.entries('extension').flatMap((entry) => (entry.facts.point === point ? [entry.name] : []));
  }

  extensionPlugin(point: string, name: string): ExtensionPlugin | undefined {
    return this.byKey.get(`extension ${point} ${name}`)?.plugin as ExtensionPlugin | undefined;
  }

  boundServices(): readonly string[] {
    const services = this.entries('extension').flatMap(({ facts }) => (facts.binds === true ? [serviceOf(facts.point ?? '')] : []));
    return [...new Set(services.filter((service) => service !== undefined))].sort();
  }

  /** Services that some plugin provides, sorted. */
  services(): readonly string[] {
    const services = this.entries('extension').map(({ facts }) => serviceOf(facts.point ?? ''));
    return [...new Set(services.filter((service) => service !== undefined))].sort();
  }

  private unknownName(kind: string, name: string, names: readonly string[], place: SourcePlace | undefined): InputProblem {
    const nearest = nearestName(name, names);
    const other = this.list().find((entry) => entry.name === name)?.kind;
    return {
      ...place,
      message: other === undefined ? `unknown ${kind} plugin '${name}'` : `'${name}' is a plugin of kind ${other}, not ${kind}`,
      expected: names.length === 0 ? `a registered ${kind} plugin (there is none)` : listNames(names),
      ...(nearest === undefined ? {} : { nearest }),
    };
  }
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
