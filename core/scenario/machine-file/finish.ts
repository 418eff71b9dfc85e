import type { SourcePlace } from '../../errors.js';
import type { BlockPlugin } from '../../plugin/block-plugin.js';
import type { JsonSchema } from '../../document/json-schema.js';
import { widthProblem } from '../../model/link-width.js';
import { isPlainObject } from '../../document/places.js';
import type { PluginRegistry } from '../../plugin/registry.js';
import { finishConfig } from '../configuration.js';
import { checkWiring, type PluggedBlock } from './wiring.js';
import type { LoadTools } from '../load-tools.js';
import type { RawBlock, RawConnection, RawMachine } from './raw-machine.js';
import { SupplyCheck } from './supply.js';
import type { LoadedBlock, LoadedConnection, LoadedMachine } from '../loaded-scenario.js';

/** Gives every block its plugin, validates every configuration, checks the wiring; problems go to `tools.problems`. */
export function finishMachine(raw: RawMachine, registry: PluginRegistry, tools: LoadTools, place: SourcePlace): LoadedMachine {
  const { problems } = tools;
  const plugged = new Map<string, PluggedBlock>();
  let complete = true;
  const supplies = new SupplyCheck(tools);
  for (const block of [...raw.blocks.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const finished = finishBlock(block, raw, supplies, registry, tools);
    if (finished === undefined) complete = false;
    else plugged.set(block.path, finished);
  }
  if (raw.blocks.size === 0 && problems.isEmpty) problems.add(place, 'machine.blocks', 'the machine has no blocks', 'at least one block');
  if (complete) checkWiring(plugged, raw.connections, problems);
  const connections = raw.connections.map((connection) => finishConnection(connection, raw, supplies, tools));
  return {
    name: raw.name,
    clocks: Object.fromEntries(raw.clocks),
    referenceClock: raw.referenceClock ?? '',
    blocks: [...plugged.values()].map(({ block }) => block),
    connections,
  };
}

function finishConnection(raw: RawConnection, machine: RawMachine, supplies: SupplyCheck, tools: LoadTools): LoadedConnection {
  const { from, to, latencyCycles, widthBits, options, place } = raw;
  const where = `connect ${from} <-> ${to}`;
  checkClock(options.clock, machine, place, where, tools);
  const problem = widthProblem({ widthBits, ...options });
  if (problem !== undefined) tools.problems.add(place, where, problem, 'widths of which one is a multiple of the next, the wires no wider than the wider end');
  // Without an energy figure a supply has nothing to scale, and a result nothing to show.
  const supply = options.energyPerBitPj === undefined ? undefined : supplies.finish(raw.supply, where);
  return { from, to, latencyCycles, widthBits, ...options, ...(supply === undefined ? {} : { supply }), place };
}

function finishBlock(raw: RawBlock, machine: RawMachine, supplies: SupplyCheck, registry: PluginRegistry, tools: LoadTools): PluggedBlock | undefined {
  const { places, problems } = tools;
  const place: SourcePlace = { ...(places.ofValue(raw.source, 'use') ?? { file: '' }), path: `${raw.path}.use` };
  const clockPlace = places.ofKey(raw.source, 'clock');
  const clockKnown = checkClock(raw.clock, machine, clockPlace, `${raw.path}.clock`, tools);
  const plugin = problems.attempt(() => registry.block(raw.use, place));
  if (plugin === undefined || !clockKnown) return undefined;
  leaveBehind(raw, plugin, registry);
  const config = finishConfig(plugin, raw.source, `${raw.path}.with`, registry, tools);
  if (config === undefined) return undefined;
  const supply = supplies.finish(raw.supply, raw.path);
  const block: LoadedBlock = {
    path: raw.path,
    use: raw.use,
    config,
    clock: raw.clock as string,
    ...(supply === undefined ? {} : { supply }),
    place: { ...place, path: raw.path },
  };
  return { block, plugin };
}

/**
 * When `set` has given a block another plugin, the configuration keeps what the new one knows and loses what only the replaced one
 * does: `noc.use=ideal` is enough. What none of them knows stays, and is an error.
 */
function leaveBehind(raw: RawBlock, plugin: BlockPlugin, registry: PluginRegistry): void {
  const config = raw.source['with'];
  if (raw.formerUses === undefined || !isPlainObject(config)) return;
  const keysOf = (schema: JsonSchema | undefined): string[] => Object.keys((schema?.['properties'] as object | undefined) ?? {});
  const known = new Set(keysOf(plugin.configSchema));
  const former = new Set(raw.formerUses.flatMap((use) => keysOf(registry.findBlock(use)?.configSchema)));
  for (const key of Object.keys(config)) if (former.has(key) && !known.has(key)) delete config[key];
}

function checkClock(clock: string | undefined, machine: RawMachine, place: SourcePlace | undefined, path: string, tools: LoadTools): boolean {
  if (clock === undefined && path.endsWith('.clock')) return false;
  if (clock === undefined || machine.clocks.has(clock)) return true;
  tools.problems.unknown(place, path, 'clock', clock, [...machine.clocks.keys()]);
  return false;
}
