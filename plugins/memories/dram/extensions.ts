import { extensionPoint, nameOfExtension, type ExtensionAccess, type ExtensionPoint, type ExtensionReference } from 'tessera-sim';
import { ROW_POLICIES, SCHEDULERS, type RequestScheduler, type RowPolicyFactory } from './controller/strategies.js';
import { isMappingName, type MappingFactory } from './mapping/mapping.js';
import type { StandardForm } from './standards/form.js';
import { STANDARDS } from './standards/index.js';

/** Where other plugins join in: each point takes named values that configurations then select by name. */
export const dramStandards = extensionPoint<StandardForm>('dram.standard');
export const dramSchedulers = extensionPoint<RequestScheduler>('dram.scheduler');
export const dramRowPolicies = extensionPoint<RowPolicyFactory>('dram.row-policy');
export const dramMappings = extensionPoint<MappingFactory>('dram.mapping');

/** What other plugins have added. */
export interface DramExtensions {
  readonly standards: ReadonlyMap<string, StandardForm>;
  readonly schedulers: ReadonlyMap<string, RequestScheduler>;
  readonly rowPolicies: ReadonlyMap<string, RowPolicyFactory>;
  readonly mappings: ReadonlyMap<string, MappingFactory>;
}

export const NO_EXTENSIONS: DramExtensions = { standards: new Map(), schedulers: new Map(), rowPolicies: new Map(), mappings: new Map() };

/** Where a configuration names extensions. */
export interface DramReferences {
  readonly standard?: ExtensionReference;
  readonly scheduler?: ExtensionReference;
  readonly rowPolicy: { readonly name: ExtensionReference };
  readonly mapping?: ExtensionReference;
}

/** The extensions that a configuration names, made with what it says under `with`. */
export function collectExtensions(access: ExtensionAccess, { standard, scheduler, rowPolicy, mapping }: DramReferences): DramExtensions {
  const chosen = <T>(point: ExtensionPoint<T>, reference: ExtensionReference | undefined, at: string, isBuiltIn: (name: string) => boolean) => {
    if (reference === undefined || (typeof reference === 'string' && isBuiltIn(reference))) return new Map<string, T>();
    return new Map([[nameOfExtension(reference), access.extension(point, reference, { at })]]);
  };
  return {
    standards: chosen(dramStandards, standard, 'standard', (name) => STANDARDS.has(name)),
    schedulers: chosen(dramSchedulers, scheduler, 'scheduler', (name) => SCHEDULERS.has(name)),
    rowPolicies: chosen(dramRowPolicies, rowPolicy.name, 'rowPolicy.name', (name) => ROW_POLICIES.has(name)),
    mappings: chosen(dramMappings, mapping, 'mapping', isMappingName),
  };
}
