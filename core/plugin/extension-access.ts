import { validated, validateInPlace } from '../document/validate.js';
import { listNames, nearestName } from '../document/nearest.js';
import { InputError } from '../errors.js';
import { RandomStream } from '../kernel/random.js';
import type { ExtensionAccess, ExtensionPoint, ExtensionReference, ReferenceOptions } from '../model/extension-point.js';
import type { ConfiguredExtension, ExtensionContext, ExtensionPlugin } from './extension-plugin.js';
import { asThrown, thrownMessage } from '../text/thrown.js';

type Loose = Readonly<Record<string, unknown>>;

/** The registered extensions, found by point and name. */
export interface ExtensionCatalogue {
  /** Sorted. */
  extensionNames(point: string): readonly string[];
  extensionPlugin(point: string, name: string): ExtensionPlugin | undefined;
  /** Services that have a provider which binds itself, sorted. */
  boundServices(): readonly string[];
}

export const NO_EXTENSIONS: ExtensionCatalogue = { extensionNames: () => [], extensionPlugin: () => undefined, boundServices: () => [] };

export interface ExtensionUser {
  /** Path of the block, or the part of the scenario. */
  readonly owner: string;
  readonly seed: number;
  /** Meets the needs of an extension; only a simulation can. */
  readonly meet?: (plugin: ConfiguredExtension<unknown, Loose>, config: Loose) => Record<string, unknown>;
}

/** The extensions of a catalogue, made for one user. */
export function extensionAccess(catalogue: ExtensionCatalogue, user: ExtensionUser): ExtensionAccess {
  return accessBehind(catalogue, user, []);
}

/** `chain`: which extensions are being made, outermost first. */
function accessBehind(catalogue: ExtensionCatalogue, user: ExtensionUser, chain: readonly string[]): ExtensionAccess {
  const make = (plugin: ExtensionPlugin, written: unknown, at: string): unknown => {
    if (plugin.create === undefined) {
      if (isEmpty(written)) return plugin.value;
      throw new InputError({ path: `${at}.with`, message: `extension '${plugin.name}' takes no configuration` });
    }
    const link = `${plugin.point.name} '${plugin.name}'`;
    const longer = [...chain, link];
    if (chain.includes(link)) throw new InputError({ path: at, message: `extensions need each other in a circle: ${longer.join(' <- needed by ')}` });
    const config = validated<Loose>(plugin.configSchema, written ?? {}, { path: `${at}.with`, owner: `extension '${plugin.name}'` });
    const context: ExtensionContext = {
      ...accessBehind(catalogue, user, longer),
      owner: user.owner,
      seed: user.seed,
      random: (name) => new RandomStream(user.seed, `${user.owner}/${plugin.point.name}/${plugin.name}/${name}`),
    };
    return created(plugin, config, context, met(plugin, config, user, at), at);
  };
  return {
    extensions: <T>(point: ExtensionPoint<T>): ReadonlyMap<string, T> => {
      const values = new Map<string, T>();
      for (const name of catalogue.extensionNames(point.name)) {
        const plugin = catalogue.extensionPlugin(point.name, name)!;
        if (plugin.create === undefined || needsNoConfiguration(plugin)) values.set(name, make(plugin, undefined, point.name) as T);
      }
      return values;
    },
    extension: <T>(point: ExtensionPoint<T>, reference: ExtensionReference, { at = point.name, builtIn }: ReferenceOptions<T> = {}): T => {
      const { use, with: written } = typeof reference === 'string' ? { use: reference } : reference;
      const own = builtIn?.get(use);
      if (own !== undefined && isEmpty(written)) return own;
      const plugin = catalogue.extensionPlugin(point.name, use);
      if (plugin !== undefined) return make(plugin, written, at) as T;
      throw new InputError(
        own === undefined
          ? unknownExtension(point.name, use, [...(builtIn?.keys() ?? []), ...catalogue.extensionNames(point.name)], at)
          : { path: `${at}.with`, message: `'${use}' takes no configuration` },
      );
    },
  };
}

function met(plugin: ConfiguredExtension<unknown, Loose>, config: Loose, { meet, owner }: ExtensionUser, at: string): Record<string, unknown> {
  if (meet !== undefined) return meet(plugin, config);
  const [need] = Object.keys(plugin.needs ?? {});
  if (need === undefined) return {};
  throw new InputError({ path: at, message: `${owner} uses extension '${plugin.name}', which needs '${need}': that is there in a simulation only` });
}

/** An error of the plugin is reported with its name. */
function created(plugin: ConfiguredExtension<unknown, Loose>, config: Loose, context: ExtensionContext, needs: Record<string, unknown>, at: string): unknown {
  let value: unknown;
  try {
    value = plugin.create(config, context, needs);
  } catch (thrown) {
    const error = asThrown(thrown);
    if (error instanceof InputError) throw error;
    throw new InputError({ path: at, message: `extension '${plugin.name}' could not be made: ${thrownMessage(error)}` });
  }
  if (value === undefined || value === null) throw new InputError({ path: at, message: `extension '${plugin.name}' made no value but ${String(value)}` });
  return value;
}

function needsNoConfiguration({ configSchema, name }: ConfiguredExtension<unknown, Loose>): boolean {
  return validateInPlace(configSchema, {}, { owner: `extension '${name}'` }).length === 0;
}

function isEmpty(written: unknown): boolean {
  return written === undefined || written === null || (typeof written === 'object' && Object.keys(written).length === 0);
}

export function unknownExtension(
  point: string,
  name: string,
  known: readonly string[],
  at: string,
): { path: string; message: string; expected: string; nearest?: string } {
  const nearest = nearestName(name, known);
  return {
    path: at,
    message: `there is no '${name}' (extension point ${point})`,
    expected: listNames(known, 24),
    ...(nearest === undefined ? {} : { nearest }),
  };
}
