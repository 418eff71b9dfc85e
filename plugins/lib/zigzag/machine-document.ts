import { product, type ZigzagCore, type ZigzagMemory, type ZigzagOperand } from './form.js';
import { memoriesOf } from './buffers.js';

/** A word of 8 bytes in each of 32 banks: capacities are whole multiples. */
const BANKS = 32;
const WORD_BITS = 64;
/** Of our DRAM: transfers of a channel take whole cycles. */
const DRAM_BURST_BYTES = 32;
const ROW_BYTES = (BANKS * WORD_BITS) / 8;

/** Replicas of a memory: one for each place of the array that it does not serve. The outermost is there once. */
export function replicasOf(core: ZigzagCore, memory: ZigzagMemory): number {
  if (memory === core.memories.at(-1)) return 1;
  return product(
    Object.entries(core.array)
      .filter(([dimension]) => !memory.servedDimensions.includes(dimension))
      .map(([, size]) => size),
  );
}

/** Whether some operand has no memory above the core's own: then our machine gets a home memory that the file does not name. */
export function lacksHome(core: ZigzagCore): boolean {
  return (['I1', 'I2', 'O'] as const).some((operand) => memoriesOf(core, operand).length === 1);
}

/** The memory of an operand that our `core0.l1` stands for: the one below the outermost. */
export function localLevel(core: ZigzagCore, operand: Pick<ZigzagOperand, 'memoryOperand'>): number {
  const levels = memoriesOf(core, operand.memoryOperand).length;
  return lacksHome(core) ? levels - 1 : levels - 2;
}

/** A machine document of our blocks: home memory, one network, one core with a local memory of what lies just below the outermost. */
export function zigzagMachineDocument(core: ZigzagCore): Record<string, unknown> {
  const local = new Set((['I1', 'I2', 'O'] as const).flatMap((memoryOperand) => memoriesOf(core, memoryOperand)[localLevel(core, { memoryOperand })] ?? []));
  const capacity = [...local].reduce((all, memory) => all + (memory.sizeBits / 8) * replicasOf(core, memory), 0);
  const home = core.memories.at(-1)!;
  const homeBits = Math.max(8, ...home.ports.map(({ bitsPerCycle }) => bitsPerCycle));
  const localBits = Math.max(...[...local].flatMap((memory) => memory.ports.map(({ bitsPerCycle }) => bitsPerCycle * replicasOf(core, memory))));
  const portWidthBits = Math.min(BANKS * WORD_BITS, 2 ** Math.ceil(Math.log2(Math.max(WORD_BITS, localBits))));
  const { rate: homeRate, clock: homeClock } = dramRate(homeBits / 8);
  return {
    tesseraMachine: 1,
    name: core.name,
    clocks: { core: '1 GHz', ...homeClock },
    blocks: {
      core0: {
        blocks: {
          pe: { use: 'given-cycles', with: { macsPerCycle: product(Object.values(core.array)) } },
          l1: { use: 'sram', with: { capacityBytes: ROW_BYTES * Math.ceil(capacity / ROW_BYTES), banks: BANKS, wordBits: WORD_BITS, portWidthBits } },
          dma: { use: 'dma', with: { outstandingBursts: 16, descriptorsInFlight: 8, widthBits: 2 ** Math.ceil(Math.log2(homeBits)) } },
        },
        connect: [
          ['pe.memory0', 'l1.port0'],
          ['dma.local', 'l1.port1'],
        ],
      },
      noc: { use: 'ideal' },
      dram: { use: 'dram-simple', ...(homeClock.dram === undefined ? {} : { clock: 'dram' }), with: homeRate },
    },
    connect: [
      ['core0.dma.network', 'noc.node0'],
      ['core0.l1.port2', 'noc.node1'],
      ['dram.port0', 'noc.node2'],
    ],
  };
}

interface DramRate {
  readonly rate: { readonly channels: number; readonly bytesPerCycle: number };
  readonly clock: { readonly dram?: string };
}

/** Channels of at most a burst a cycle; where a burst takes no whole number of cycles, a clock of its own. */
function dramRate(bytesPerCycle: number): DramRate {
  const channels = 2 ** Math.ceil(Math.log2(Math.max(1, bytesPerCycle / DRAM_BURST_BYTES)));
  const each = bytesPerCycle / channels;
  if (DRAM_BURST_BYTES % each === 0) return { rate: { channels, bytesPerCycle: each }, clock: {} };
  return { rate: { channels, bytesPerCycle: 2 }, clock: { dram: `${each / 2} GHz` } };
}
