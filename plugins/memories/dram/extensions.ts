import { InputError, completeConfig, extensionPoint, listNames, nearestName } from 'tessera-sim';
import type { Selected } from './config.js';
import type { ChannelContext, Configured, ControllerPlugin, ControllerPluginContext, ControllerPluginValue } from './controller/controller-plugin.js';
import { CONTROLLER_PLUGINS } from './controller/plugins/index.js';
import type { RequestScheduler } from './controller/queue-view.js';
import { SCHEDULERS, type RowPolicyFactory, type SchedulerRules } from './controller/strategies.js';
import type { MappingFactory } from './mapping/mapping.js';
import type { StandardForm } from './standards/form.js';

/** Rules for the compiled search, or a scheduler that is shown the queue of each channel. */
export type SchedulerValue = SchedulerRules | Configured<RequestScheduler>;

/** Where other plugins join in: each point takes named values that configurations then select by name. */
export const dramStandards = extensionPoint<StandardForm>('dram.standard');
export const dramSchedulers = extensionPoint<SchedulerValue>('dram.scheduler');
export const dramControllerPlugins = extensionPoint<ControllerPluginValue>('dram.controller-plugin');
export const dramRowPolicies = extensionPoint<RowPolicyFactory>('dram.row-policy');
export const dramMappings = extensionPoint<MappingFactory>('dram.mapping');

/** What other plugins have added. */
export interface DramExtensions {
  readonly standards: ReadonlyMap<string, StandardForm>;
  readonly schedulers: ReadonlyMap<string, SchedulerValue>;
  readonly controllerPlugins: ReadonlyMap<string, ControllerPluginValue>;
  readonly rowPolicies: ReadonlyMap<string, RowPolicyFactory>;
  readonly mappings: ReadonlyMap<string, MappingFactory>;
}

export const NO_EXTENSIONS: DramExtensions = {
  standards: new Map(),
  schedulers: new Map(),
  controllerPlugins: new Map(),
  rowPolicies: new Map(),
  mappings: new Map(),
};

/** Collects the extensions of a simulation. */
export function collectExtensions(extensions: <T>(point: { readonly name: string; readonly type?: T }) => ReadonlyMap<string, T>): DramExtensions {
  return {
    standards: extensions(dramStandards),
    schedulers: extensions(dramSchedulers),
    controllerPlugins: extensions(dramControllerPlugins),
    rowPolicies: extensions(dramRowPolicies),
    mappings: extensions(dramMappings),
  };
}

/** A built-in or an extension by its name; an InputError that lists the known names. */
export function named<T>(path: string, name: string, builtIn: ReadonlyMap<string, T>, added: ReadonlyMap<string, T>): T {
  const found = builtIn.get(name) ?? added.get(name);
  if (found !== undefined) return found;
  const known = [...builtIn.keys(), ...added.keys()];
  const nearest = nearestName(name, known);
  const what = path.replace(/\[.*/, '');
  throw new InputError([{ path, message: `there is no ${what} '${name}'`, expected: listNames(known), ...(nearest === undefined ? {} : { nearest }) }]);
}

/** The scheduler that a configuration selects: rules, or what makes a scheduler for each channel. InputError for what does not fit. */
export function selectScheduler(
  { use, ...parameters }: Selected,
  { schedulers }: DramExtensions,
): SchedulerRules | ((context: ChannelContext) => RequestScheduler) {
  const value = named<SchedulerValue>('scheduler', use, SCHEDULERS, schedulers);
  if ('create' in value) {
    const config = completeConfig(value.configSchema, parameters, 'scheduler');
    return (context) => value.create(config, context);
  }
  const unknown = Object.keys(parameters)[0];
  if (unknown !== undefined) throw new InputError([{ path: `scheduler.${unknown}`, message: `scheduler '${use}' takes no parameters` }]);
  return value;
}

/** The controller plugins that a configuration selects, as what makes them for each channel. InputError for what does not fit. */
export function selectControllerPlugins(
  selected: readonly Selected[],
  { controllerPlugins }: DramExtensions,
): readonly { readonly name: string; readonly make: (context: ControllerPluginContext) => ControllerPlugin }[] {
  return selected.map(({ use, ...parameters }, i) => {
    const value = named('controllerPlugins', use, CONTROLLER_PLUGINS, controllerPlugins);
    const config = completeConfig(value.configSchema, parameters, `controllerPlugins[${i}]`);
    return { name: use, make: (context) => value.create(config, context) };
  });
}
