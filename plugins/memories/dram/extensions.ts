import {
  InputError,
  completeConfig,
  extensionPoint,
  listNames,
  nameOfExtension,
  nearestName,
  type ExtensionAccess,
  type ExtensionPoint,
  type ExtensionReference,
} from 'tessera-sim';
import type { ChannelContext, ControllerPluginValue } from './controller/controller-plugin.js';
import { CONTROLLER_PLUGINS } from './controller/plugins/index.js';
import type { RequestScheduler } from './controller/queue-view.js';
import { ROW_POLICIES, SCHEDULERS, type RowPolicyFactory, type SchedulerRules } from './controller/strategies.js';
import { isMappingName, type MappingFactory } from './mapping/mapping.js';
import type { StandardForm } from './standards/form.js';
import { STANDARDS } from './standards/index.js';

/** Rules for the compiled search, or what makes a scheduler that is shown the queue for each channel. */
export type SchedulerValue = SchedulerRules | { create(channel: ChannelContext): RequestScheduler };

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
  /** In the order of the configuration. */
  readonly controllerPlugins: readonly { readonly name: string; readonly value: ControllerPluginValue }[];
  readonly rowPolicies: ReadonlyMap<string, RowPolicyFactory>;
  readonly mappings: ReadonlyMap<string, MappingFactory>;
}

export const NO_EXTENSIONS: DramExtensions = {
  standards: new Map(),
  schedulers: new Map(),
  controllerPlugins: [],
  rowPolicies: new Map(),
  mappings: new Map(),
};

/** Where a configuration names extensions. */
export interface DramReferences {
  readonly standard?: ExtensionReference;
  readonly scheduler?: ExtensionReference;
  readonly controllerPlugins?: readonly ExtensionReference[];
  readonly rowPolicy: { readonly name: ExtensionReference };
  readonly mapping?: ExtensionReference;
}

/** The extensions that a configuration names, made with what it says under `with`. */
export function collectExtensions(access: ExtensionAccess, references: DramReferences): DramExtensions {
  const { standard, scheduler, controllerPlugins = [], rowPolicy, mapping } = references;
  const chosen = <T>(point: ExtensionPoint<T>, reference: ExtensionReference | undefined, at: string, isBuiltIn: (name: string) => boolean) => {
    if (reference === undefined || (typeof reference === 'string' && isBuiltIn(reference))) return new Map<string, T>();
    return new Map([[nameOfExtension(reference), access.extension(point, reference, { at })]]);
  };
  return {
    standards: chosen(dramStandards, standard, 'standard', (name) => STANDARDS.has(name)),
    schedulers: chosen(dramSchedulers, scheduler, 'scheduler', (name) => SCHEDULERS.has(name)),
    controllerPlugins: controllerPlugins.map((reference, i) => ({
      name: nameOfExtension(reference),
      value: controllerPlugin(access, reference, `controllerPlugins.${i}`),
    })),
    rowPolicies: chosen(dramRowPolicies, rowPolicy.name, 'rowPolicy.name', (name) => ROW_POLICIES.has(name)),
    mappings: chosen(dramMappings, mapping, 'mapping', isMappingName),
  };
}

function controllerPlugin(access: ExtensionAccess, reference: ExtensionReference, at: string): ControllerPluginValue {
  const builtIn = CONTROLLER_PLUGINS.get(nameOfExtension(reference));
  if (builtIn === undefined) return access.extension(dramControllerPlugins, reference, { at });
  const config = completeConfig(builtIn.configSchema, typeof reference === 'string' ? {} : reference.with, `${at}.with`);
  return builtIn.create(config);
}

/** A built-in or an extension by its name; an InputError that lists the known names. */
export function named<T>(path: string, name: string, builtIn: ReadonlyMap<string, T>, added: ReadonlyMap<string, T>): T {
  const found = builtIn.get(name) ?? added.get(name);
  if (found !== undefined) return found;
  const known = [...builtIn.keys(), ...added.keys()];
  const nearest = nearestName(name, known);
  throw new InputError([{ path, message: `there is no ${path} '${name}'`, expected: listNames(known), ...(nearest === undefined ? {} : { nearest }) }]);
}
