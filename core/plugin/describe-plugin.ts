import type { BlockPlugin, PortDeclaration, ProbeDeclaration, StatisticDeclaration } from './block-plugin.js';
import type { Plugin } from './define-plugin.js';
import { DEFAULT_STALL_CLASSES, type StallClasses } from '../model/stall-class.js';
import type { JsonSchema } from '../document/json-schema.js';
import { describeSchema } from '../document/schema-text.js';

export interface ParameterDescription {
  /** Path inside `with`. */
  readonly path: string;
  readonly accepts: string;
  readonly unit?: string;
  readonly default?: unknown;
  readonly required: boolean;
  readonly description: string;
  /** Where the default comes from. */
  readonly source?: string;
}

/** All that can be known of a plugin without running it. */
export interface PluginDescription {
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly origin: string;
  readonly parameters: readonly ParameterDescription[];
  readonly ports: Readonly<Record<string, PortDeclaration>>;
  readonly statistics: Readonly<Record<string, StatisticDeclaration>>;
  readonly stallClasses: StallClasses;
  readonly probes: Readonly<Record<string, ProbeDeclaration>>;
  readonly sources: readonly string[];
  /** Importers: endings and what comes out; crosschecks: the kind of record; extensions: the point. */
  readonly facts: Readonly<Record<string, string>>;
}

export function describePlugin(plugin: Plugin, origin: string): PluginDescription {
  const block: Partial<BlockPlugin> = 'ports' in plugin ? plugin : {};
  return {
    kind: plugin.kind,
    name: plugin.name,
    version: plugin.version,
    summary: plugin.summary,
    origin,
    parameters: 'configSchema' in plugin ? parametersOf(plugin.configSchema) : [],
    ports: block.ports ?? {},
    statistics: block.statistics ?? {},
    stallClasses: 'ports' in plugin ? (plugin.stallClasses ?? DEFAULT_STALL_CLASSES) : {},
    probes: block.probes ?? {},
    sources: 'sources' in plugin ? (plugin.sources ?? []) : [],
    facts: factsOf(plugin),
  };
}

/** Every property of a schema, nested ones with their path. */
export function parametersOf(schema: JsonSchema, prefix = ''): ParameterDescription[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const own: ParameterDescription = {
      path,
      accepts: describeSchema(withoutUnit(property)),
      ...(property.unit === undefined ? {} : { unit: property.unit }),
      ...(property.default === undefined ? {} : { default: property.default }),
      required: schema.required?.includes(name) === true,
      description: property.description ?? '',
      ...(property.source === undefined ? {} : { source: property.source }),
    };
    return property['extension'] === undefined && property['block'] === undefined ? [own, ...parametersOf(property, path)] : [own];
  });
}

function withoutUnit({ unit: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

function factsOf(plugin: Plugin): Record<string, string> {
  if (plugin.kind === 'importer') return { reads: plugin.extensions.join(', '), makes: plugin.produces.join(', ') };
  if (plugin.kind === 'crosscheck') return { records: plugin.recordKind };
  if (plugin.kind === 'extension') return { point: plugin.point.name };
  if (plugin.kind === 'exporter') return { trace: plugin.needsTrace ? 'records one' : 'not needed' };
  return {};
}
