import { describeMachine } from '../machine/description.js';
import type { MachineBlock } from '../model/machine-facts.js';
import type { TileShape } from '../model/tile-shape.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';

/** Frequency of the block under test; not that of its neighbours. */
export const CONTRACT_HERTZ = 877_000_000;

/** The block under test as mappers and estimators see it. */
export function describedContract(plugin: BlockPlugin): MachineBlock {
  const machine = describeMachine({
    name: `contract of ${plugin.name}`,
    clocks: { dut: CONTRACT_HERTZ },
    blocks: [{ path: 'dut', plugin, config: plugin.example?.config ?? {}, clock: 'dut' }],
    connections: [],
  });
  return machine.blocks[0]!;
}

const LOOPS: readonly Readonly<Record<string, number>>[] = [
  {},
  { OY: 1, K: 1, C: 1 },
  { OY: 7, OX: 5, K: 33, C: 17, FY: 3, FX: 3 },
  { B: 2, OY: 64, K: 256, C: 512 },
];
const BITS: readonly Readonly<Record<string, number>>[] = [{}, { W: 8, I: 8, O: 32 }, { W: 3.5, I: 16, O: 16 }];

/** Tiles of every operator that the block names (of `*`, an addition), small, ragged and large; none for a block that computes nothing. */
export function tilesOf(plugin: BlockPlugin): TileShape[] {
  const { facts } = describedContract(plugin);
  if (facts.kind !== 'core' && facts.kind !== 'pim') return [];
  return facts.operators.flatMap((operator) =>
    LOOPS.flatMap((loops) => BITS.map((bits) => ({ operator: operator === '*' ? 'add' : operator, loops, bits, formats: {} }))),
  );
}
