import { InputError } from 'tessera-sim';
import type { TileflowLevel, TileflowMachine } from './form.js';

/** A word of 8 bytes in each of 32 banks: capacities are whole multiples. */
const BANKS = 32;
const WORD_BITS = 64;
const ROW_BYTES = (BANKS * WORD_BITS) / 8;
const DRAM_BURST_BYTES = 32;
const LARGEST_BYTES = 2 ** 31 - ROW_BYTES;
const USUAL_BYTES = 2 ** 20;
const USUAL_RATE = 4;

/** A machine of our blocks: the outermost memory as DRAM, the next one, all instances together, as the memory of one core with all multipliers. */
export function tileflowMachineDocument({ name, levels, macs }: TileflowMachine): Record<string, unknown> {
  const [home, local] = levels;
  if (home === undefined || local === undefined)
    throw new InputError({ path: 'architecture', message: `'${name}' has one memory alone`, expected: 'a memory outside and one inside' });
  const bytes = local.words === undefined ? USUAL_BYTES : (local.words * local.instances * local.wordBits) / 8;
  const homeBytes = Math.max(1, (Math.max(rateOf(home), home.writeRate ?? 0) * home.wordBits) / 8);
  const localBits = rateOf(local) * local.wordBits * local.instances;
  const portWidthBits = Math.min(BANKS * WORD_BITS, 2 ** Math.ceil(Math.log2(Math.max(WORD_BITS, localBits))));
  const { rate, clock } = dramRate(homeBytes);
  return {
    tesseraMachine: 1,
    name,
    clocks: { core: '1 GHz', ...clock },
    blocks: {
      core0: {
        blocks: {
          pe: { use: 'given-cycles', with: { macsPerCycle: macs.instances } },
          l1: {
            use: 'sram',
            with: {
              capacityBytes: Math.min(LARGEST_BYTES, ROW_BYTES * Math.max(1, Math.ceil(bytes / ROW_BYTES))),
              banks: BANKS,
              wordBits: WORD_BITS,
              portWidthBits,
            },
          },
          dma: { use: 'dma', with: { outstandingBursts: 16, descriptorsInFlight: 8, widthBits: 2 ** Math.ceil(Math.log2(homeBytes * 8)) } },
        },
        connect: [
          ['pe.memory0', 'l1.port0'],
          ['dma.local', 'l1.port1'],
        ],
      },
      noc: { use: 'ideal' },
      dram: { use: 'dram-simple', ...(clock.dram === undefined ? {} : { clock: 'dram' }), with: rate },
    },
    connect: [
      ['core0.dma.network', 'noc.node0'],
      ['core0.l1.port2', 'noc.node1'],
      ['dram.port0', 'noc.node2'],
    ],
  };
}

const rateOf = ({ readRate, sharedRate }: TileflowLevel): number => readRate ?? sharedRate ?? USUAL_RATE;

/** Channels of at most a burst a cycle; where a burst takes no whole number of cycles, a clock of its own. */
function dramRate(bytesPerCycle: number): {
  readonly rate: { readonly channels: number; readonly bytesPerCycle: number };
  readonly clock: { readonly dram?: string };
} {
  const channels = 2 ** Math.ceil(Math.log2(Math.max(1, bytesPerCycle / DRAM_BURST_BYTES)));
  const each = bytesPerCycle / channels;
  if (DRAM_BURST_BYTES % each === 0) return { rate: { channels, bytesPerCycle: each }, clock: {} };
  return { rate: { channels, bytesPerCycle: 2 }, clock: { dram: `${each / 2} GHz` } };
}
