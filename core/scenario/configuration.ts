import { isPlainObject } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import type { JsonSchema } from '../document/json-schema.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import type { LoadTools } from './load-tools.js';

/** The part of a plugin that configuring needs. */
export type Configurable = Pick<BlockPlugin, 'name'> & { readonly configSchema: JsonSchema; readonly check?: BlockPlugin['check'] };

/** The validated configuration of `owner.with`, defaults filled in; undefined when it has problems. */
export function finishConfig(plugin: Configurable, owner: Record<string, unknown>, path: string, tools: LoadTools): Record<string, unknown> | undefined {
  const { places, problems } = tools;
  const config = owner['with'] === undefined || owner['with'] === null ? {} : places.clone(owner['with']);
  const place = places.ofKey(owner, owner['with'] === undefined ? 'use' : 'with');
  if (!isPlainObject(config)) {
    problems.add(places.ofValue(owner, 'with'), path, "'with' is not a mapping", 'a mapping of keys to values');
    return undefined;
  }
  if (places.ofSelf(config) === undefined && place !== undefined) places.setOwn(config, place);
  const faults = problems.attempt(() => validateInPlace(plugin.configSchema, config, { places, path, owner: `plugin '${plugin.name}'` }));
  if (faults === undefined) return undefined;
  problems.addAll(faults);
  if (faults.length > 0) return undefined;
  return runOwnChecks(plugin, config, path, tools) ? config : undefined;
}

function runOwnChecks(plugin: Configurable, config: Record<string, unknown>, path: string, tools: LoadTools): boolean {
  let faults: ReturnType<NonNullable<BlockPlugin['check']>>;
  try {
    faults = plugin.check?.(config) ?? [];
  } catch (error) {
    tools.problems.add(tools.places.ofSelf(config), path, `plugin '${plugin.name}' failed while checking its configuration: ${(error as Error).message}`);
    return false;
  }
  for (const fault of faults) {
    const keys = fault.path.split('.').filter((key) => key !== '');
    tools.problems.add(tools.places.along(config, keys), [path, ...keys].join('.'), fault.message, fault.expected);
  }
  return faults.length === 0;
}
