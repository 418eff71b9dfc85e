import { isPlainObject } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import type { JsonSchema } from '../document/json-schema.js';
import { InputError } from '../errors.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { completeBlocks } from '../plugin/block-schema.js';
import { extensionAccess } from '../plugin/extension-access.js';
import { completeExtensions } from '../plugin/extension-schema.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadTools } from './load-tools.js';

/** The part of a plugin that configuring needs. */
export type Configurable = Pick<BlockPlugin, 'name'> & { readonly configSchema: JsonSchema; readonly check?: BlockPlugin['check'] };

/** The validated configuration of `owner.with`, defaults filled in; undefined when it has problems. */
export function finishConfig(
  plugin: Configurable,
  owner: Record<string, unknown>,
  path: string,
  registry: PluginRegistry,
  tools: LoadTools,
): Record<string, unknown> | undefined {
  const { places, problems } = tools;
  const config = owner['with'] === undefined || owner['with'] === null ? {} : places.clone(owner['with']);
  const place = places.ofKey(owner, owner['with'] === undefined ? 'use' : 'with');
  if (!isPlainObject(config)) {
    problems.add(places.ofValue(owner, 'with'), path, "'with' is not a mapping", 'a mapping of keys to values');
    return undefined;
  }
  if (places.ofSelf(config) === undefined && place !== undefined) places.setOwn(config, place);
  const schema = plugin.configSchema;
  const faults = problems.attempt(() => validateInPlace(schema, config, { places, path, owner: `plugin '${plugin.name}'` }));
  if (faults === undefined) return undefined;
  problems.addAll(faults);
  if (faults.length > 0) return undefined;
  const where = { places, path };
  const unfit = [...completeExtensions(schema, config, registry, where), ...completeBlocks(schema, config, registry, where)];
  problems.addAll(unfit);
  return unfit.length === 0 && runOwnChecks(plugin, config, path, registry, tools) ? config : undefined;
}

function runOwnChecks(plugin: Configurable, config: Record<string, unknown>, path: string, registry: PluginRegistry, tools: LoadTools): boolean {
  let faults: ReturnType<NonNullable<BlockPlugin['check']>>;
  try {
    faults = plugin.check?.(config, extensionAccess(registry, { owner: path, seed: 1 })) ?? [];
  } catch (error) {
    if (error instanceof InputError) faults = error.problems.map(({ path: inner, ...problem }) => ({ ...problem, path: inner ?? '' }));
    else {
      tools.problems.add(tools.places.ofSelf(config), path, `plugin '${plugin.name}' failed while checking its configuration: ${(error as Error).message}`);
      return false;
    }
  }
  for (const fault of faults) {
    const keys = fault.path.split('.').filter((key) => key !== '');
    tools.problems.add(tools.places.along(config, keys), [path, ...keys].join('.'), fault.message, fault.expected);
  }
  return faults.length === 0;
}
