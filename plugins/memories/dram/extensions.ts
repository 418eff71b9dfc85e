import { extensionPoint } from 'tessera-sim';
import type { RequestScheduler, RowPolicyFactory } from './controller/strategies.js';
import type { MappingFactory } from './mapping/mapping.js';
import type { StandardForm } from './standards/form.js';

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

/** Collects the extensions of a simulation. */
export function collectExtensions(extensions: <T>(point: { readonly name: string; readonly type?: T }) => ReadonlyMap<string, T>): DramExtensions {
  return {
    standards: extensions(dramStandards),
    schedulers: extensions(dramSchedulers),
    rowPolicies: extensions(dramRowPolicies),
    mappings: extensions(dramMappings),
  };
}
