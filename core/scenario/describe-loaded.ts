import { describeMachine } from '../machine/description.js';
import type { DescribedMachine, MachineSpec } from '../machine/specification.js';
import type { Bindings } from '../model/service.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadedMachine } from './loaded-scenario.js';

/** The description of a loaded machine: its plugins by name, its configurations as the loader has validated them. */
export function describeLoaded(machine: LoadedMachine, registry: PluginRegistry, seed: number, bindings?: Bindings): DescribedMachine {
  return describeMachine({ ...machineSpecOf(machine, registry, seed), ...(bindings === undefined ? {} : { bindings }) });
}

export function machineSpecOf(machine: LoadedMachine, registry: PluginRegistry, seed: number): MachineSpec {
  return {
    name: machine.name,
    clocks: machine.clocks,
    referenceClock: machine.referenceClock,
    blocks: machine.blocks.map(({ use, place, ...block }) => ({ ...block, plugin: registry.block(use, place) })),
    connections: machine.connections.map(({ place: _, ...connection }) => connection),
    seed,
    extensions: registry,
    configsAreComplete: true,
  };
}
