import { operatorName, type MachineBlock, type MapperInput } from 'tessera-sim';
import { readHardware } from './hardware.js';
import { mapNetwork, type MappedNetwork } from './mapped-layer.js';
import type { SharedMapperConfig } from './shared-config.js';
import { chooseWorkers } from './shares.js';

/** Names that a sentence lists before it says "and more". */
const MOST_NAMES = 4;

/** Why the built-in mappers leave a memory or a PIM unit without work: what their plans have no place for. */
export function whyUnused(mapper: string, input: MapperInput<SharedMapperConfig>, path: string): string | undefined {
  const block = input.machine.block(path);
  if (block?.facts.kind === 'pim') return whyNoKernels(mapper, mapNetwork(input.workload, input.config.foldElementwise), block);
  return block?.facts.kind === 'memory' ? whyEmpty(mapper, input, block) : undefined;
}

function whyNoKernels(mapper: string, { layers }: MappedNetwork, { facts }: MachineBlock): string {
  const operators = facts.kind === 'pim' ? facts.operators.map(operatorName) : [];
  const suited = layers.filter(({ operator }) => operators.includes(operatorName(operator))).map(({ name }) => name);
  if (suited.length === 0) return `no layer has an operator that it executes (${operators.join(', ')})`;
  return `mapper '${mapper}' gives layers to cores only, though ${listed(suited)} ${suited.length === 1 ? 'is' : 'are'} of an operator that it executes; a schedule file can name operations of kind pim`;
}

function whyEmpty(mapper: string, { machine, config }: MapperInput<SharedMapperConfig>, { path, facts }: MachineBlock): string {
  const hardware = readHardware(machine);
  const locals = [...new Set(hardware.workers.flatMap(({ memory }) => memory ?? []))];
  if (locals.includes(path)) {
    const isLeftOut = !chooseWorkers(hardware, config.cores).workers.some(({ memory }) => memory === path);
    return isLeftOut ? 'the setting `cores` leaves its cores out' : 'its cores got no layer: none that they execute, or no shorter time was promised with them';
  }
  if (facts.kind === 'memory' && facts.isHome) return `mapper '${mapper}' keeps all tensors in one home memory, '${hardware.home}'`;
  const atCores = machine.neighbours(path).some((neighbour) => machine.block(neighbour)?.facts.kind === 'core');
  if (atCores) return 'no transfer engine is connected to it that could fill it for its core';
  const places = locals.length === 0 ? '' : `the memories at the cores (${listed(locals)}) and in `;
  return `mapper '${mapper}' plans no level of memory between cores and home: it places tiles in ${places}the home memory '${hardware.home}'`;
}

function listed(names: readonly string[]): string {
  return names.length <= MOST_NAMES ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}
