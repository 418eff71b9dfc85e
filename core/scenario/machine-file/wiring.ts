import type { BlockPlugin, PortDeclaration } from '../../plugin/block-plugin.js';
import { portDeclaration, proposedPortNames } from '../../plugin/port-names.js';
import { listNames, nearestName } from '../../document/nearest.js';
import { blockPathOf, portNameOf } from '../../machine/description.js';
import type { RawConnection } from './raw-machine.js';
import type { Problems } from '../../document/problems.js';
import type { LoadedBlock } from '../loaded-scenario.js';

/** A block together with the plugin that its `use` names. */
export interface PluggedBlock {
  readonly block: LoadedBlock;
  readonly plugin: BlockPlugin;
}

type Blocks = ReadonlyMap<string, PluggedBlock>;

/** What a schema cannot say of a machine: do the wires fit, and can every memory be reached? */
export function checkWiring(blocks: Blocks, connections: readonly RawConnection[], problems: Problems): void {
  const sound = connections.filter((connection) => checkEnds(connection, blocks, problems));
  checkConnectedOnce(sound, problems);
  // A misspelt end leaves the port open that was meant, and an open port its block out of reach: the cause is told, not what follows from it.
  if (sound.length === connections.length && checkRequiredPorts(blocks, connections, problems)) checkReachable(blocks, sound, problems);
}

function checkEnds(connection: RawConnection, blocks: Blocks, problems: Problems): boolean {
  const from = declarationOf(connection.from, connection, blocks, problems);
  const to = declarationOf(connection.to, connection, blocks, problems);
  if (from === undefined || to === undefined) return false;
  const where = `connect ${connection.from} <-> ${connection.to}`;
  if (blockPathOf(connection.from) === blockPathOf(connection.to)) {
    problems.add(connection.place, where, 'both ends are ports of one block', 'ports of two blocks');
    return false;
  }
  if (from.role === to.role && from.role !== 'both') {
    const both = from.role === 'initiator' ? 'send requests and none answers' : 'wait for requests and none sends any';
    problems.add(
      connection.place,
      where,
      `both ports ${both}`,
      from.role === 'initiator' ? 'a target, e.g. a memory or a network, at one end' : 'an initiator, e.g. a core, a dma or a network, at one end',
    );
    return false;
  }
  return true;
}

function declarationOf(portPath: string, connection: RawConnection, blocks: Blocks, problems: Problems): PortDeclaration | undefined {
  const blockPath = blockPathOf(portPath);
  const found = blocks.get(blockPath);
  if (found === undefined) {
    const near = nearestName(blockPath, [...blocks.keys()]);
    const nearest = near === undefined ? undefined : `${near}.${portNameOf(portPath)}`;
    const message = blockPath === '' ? `'${portPath}' names no port` : `no block '${blockPath}'`;
    problems.add(connection.place, `connect ${portPath}`, message, 'BLOCK.PORT', nearest);
    return undefined;
  }
  const name = portNameOf(portPath);
  const declaration = portDeclaration(found.plugin, name);
  if (declaration === undefined) {
    const names = proposedPortNames(found.plugin);
    const nearest = nearestName(name, names);
    problems.add(
      connection.place,
      `connect ${portPath}`,
      `plugin '${found.plugin.name}' has no port '${name}'`,
      listNames(names),
      nearest === undefined ? undefined : `${blockPath}.${nearest}`,
    );
  }
  return declaration;
}

function checkConnectedOnce(connections: readonly RawConnection[], problems: Problems): void {
  const first = new Map<string, RawConnection>();
  for (const connection of connections) {
    for (const port of [connection.from, connection.to]) {
      const before = first.get(port);
      if (before === undefined) first.set(port, connection);
      else {
        const line = before.place.line === undefined ? '' : ` (first in line ${before.place.line})`;
        problems.add(connection.place, `connect ${port}`, `the port '${port}' is connected twice${line}`, 'one connection a port');
      }
    }
  }
}

/** True when all are connected. */
function checkRequiredPorts(blocks: Blocks, connections: readonly RawConnection[], problems: Problems): boolean {
  let complete = true;
  const connected = new Set(connections.flatMap(({ from, to }) => [from, to]));
  const stems = new Set([...connected].map((port) => port.replace(/\d+$/, '')));
  for (const { block, plugin } of blocks.values()) {
    for (const [name, port] of Object.entries(plugin.ports)) {
      if (port.optional === true) continue;
      const path = `${block.path}.${name}`;
      const isConnected = port.many === true ? stems.has(path) : connected.has(path);
      if (!isConnected) {
        complete = false;
        problems.add(
          block.place,
          path,
          `the port '${name}' of '${block.path}' is not connected`,
          `a connection of ${port.many === true ? `${path}0` : path}: ${port.description}`,
        );
      }
    }
  }
  return complete;
}

/** A memory that no core, dma or PIM unit can reach is a forgotten wire. */
function checkReachable(blocks: Blocks, connections: readonly RawConnection[], problems: Problems): void {
  const neighbours = new Map<string, string[]>();
  const link = (a: string, b: string): void => void neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (const { from, to } of connections) {
    link(blockPathOf(from), blockPathOf(to));
    link(blockPathOf(to), blockPathOf(from));
  }
  const starts = [...blocks.values()].filter(({ plugin }) => Object.values(plugin.ports).some((port) => port.role === 'initiator'));
  const reached = new Set(starts.map(({ block }) => block.path));
  const open = [...reached];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of neighbours.get(path) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  for (const { block, plugin } of blocks.values()) {
    if (plugin.kind !== 'memory' || reached.has(block.path)) continue;
    problems.add(block.place, block.path, `the memory '${block.path}' cannot be reached from any core or dma`, 'a way of connections to it');
  }
}
