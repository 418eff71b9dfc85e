import { nameOfExtension, type ExtensionAccess, type ExtensionPoint, type ExtensionReference } from 'tessera-sim';
import { builtIn, extendCatalogue, type Catalogue } from './catalogue.js';
import { allocatorPoint, routingPoint, topologyPoint } from './points.js';

/** Parameters whose value may be a reference in the scenario; everywhere behind `chosenStrategies` they are plain names. */
type References = Partial<Record<'topology' | 'routing' | 'vcAllocator' | 'switchAllocator', ExtensionReference>>;

export interface Chosen<Config> {
  /** With the strategies' own names. */
  readonly config: Config;
  readonly catalogue: Catalogue;
}

/**
 * The strategies that a configuration names, made with what it says under `with`, before the registered and the built-in ones.
 * InputError for a `with` that does not fit.
 */
export function chosenStrategies<Config extends object>(access: ExtensionAccess, config: Config): Chosen<Config> {
  const written: References = config;
  const names: Partial<Record<keyof References, string>> = {};
  const made = <T extends { readonly name: string }>(point: ExtensionPoint<T>, keys: readonly (keyof References)[], own: readonly T[]): T[] => {
    const registered = access.extensions(point);
    const values: T[] = [];
    for (const key of keys) {
      const reference = written[key];
      if (reference === undefined) continue;
      const name = nameOfExtension(reference);
      const isPlain = typeof reference === 'string' && (own.some((one) => one.name === name) || [...registered.values()].some((one) => one.name === name));
      const value = isPlain ? undefined : access.extension(point, reference, { at: key });
      if (value !== undefined) values.push(value);
      names[key] = value?.name ?? name;
    }
    return [...values, ...registered.values()];
  };
  const catalogue = extendCatalogue({
    topologies: made(topologyPoint, ['topology'], builtIn.topologies),
    routings: made(routingPoint, ['routing'], builtIn.routings),
    allocators: made(allocatorPoint, ['vcAllocator', 'switchAllocator'], builtIn.allocators),
  });
  return { config: { ...config, ...names }, catalogue };
}
