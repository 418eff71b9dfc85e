import { describeMachine, type BlockPlugin, type MachineDescription, type MachineSpec } from '../../../core/index.js';
import dma from '../../../plugins/dma/dma/index.js';
import dramSimple from '../../../plugins/memories/dram-simple/index.js';
import sram from '../../../plugins/memories/sram/index.js';
import systolic from '../../../plugins/cores/systolic/index.js';
import vector from '../../../plugins/cores/vector/index.js';
import ideal from '../../../plugins/networks/ideal/index.js';

const block = (path: string, plugin: unknown, config: Record<string, unknown> = {}) => ({ path, plugin: plugin as BlockPlugin, config, clock: 'core' });

/** Tiles of an 8 x 8 array, a vector core, an L1 and a transfer engine around an ideal network with one DRAM. */
export function tiledMachine(cores: number, l1Bytes: number): MachineSpec {
  const blocks = [block('dram', dramSimple), block('noc', ideal)];
  const connections = [{ from: 'dram.port0', to: 'noc.node0' }];
  for (let core = 0; core < cores; core++) {
    const path = `core${core}`;
    blocks.push(
      block(`${path}.pe`, systolic, { rows: 8, columns: 8 }),
      block(`${path}.vec`, vector),
      block(`${path}.l1`, sram, { capacityBytes: l1Bytes }),
      block(`${path}.dma`, dma),
    );
    connections.push(
      { from: `${path}.pe.memory0`, to: `${path}.l1.port0` },
      { from: `${path}.vec.memory0`, to: `${path}.l1.port1` },
      { from: `${path}.dma.local`, to: `${path}.l1.port2` },
      { from: `${path}.dma.network`, to: `noc.node${1 + 2 * core}` },
      { from: `${path}.l1.port3`, to: `noc.node${2 + 2 * core}` },
    );
  }
  return { name: `${cores} tiles`, clocks: { core: 1e9 }, blocks, connections };
}

export function describedTiles(cores: number, l1Bytes: number): MachineDescription {
  return describeMachine(tiledMachine(cores, l1Bytes));
}
