import type { StreamDump, StreamMemory } from './dump.js';

const BYTE_BITS = 8;
/** A word of 8 bytes in each of 16 banks: capacities are whole multiples. */
const WORD_ROW_BYTES = 128;

/** The largest memory of a core: where tiles lie. Cores that share it are one place. */
export function memoryOf({ memories }: StreamDump, core: number): StreamMemory {
  return memories.filter(({ cores }) => cores.includes(core)).reduce((largest, memory) => (memory.capacityBits > largest.capacityBits ? memory : largest));
}

/** Name of the place of a core's tiles. */
export function placeOf(dump: StreamDump, core: number): string {
  return `place${memoryOf(dump, core).cores[0]!}`;
}

export function capacityBytes(memory: StreamMemory): number {
  return WORD_ROW_BYTES * Math.max(1, Math.ceil(memory.capacityBits / BYTE_BITS / WORD_ROW_BYTES));
}

/** Cores with tiles of stated cycles; places with a memory and an engine; links of the stated rates around a network that costs latency only; DRAM. */
export function streamMachineDocument(dump: StreamDump): Record<string, unknown> {
  const blocks: Record<string, unknown> = { noc: { use: 'ideal' }, dram: { use: 'dram-simple' }, offchip: { use: 'dma' } };
  const connect: unknown[] = [['offchip.local', 'dram.port0']];
  let node = 0;
  const join = (port: string, widthBits: number): void => void connect.push({ from: port, to: `noc.node${node++}`, widthBits });
  join('offchip.network', dump.offchipBitsPerCycle);
  join('dram.port1', dump.offchipBitsPerCycle);
  const ports = new Map<string, number>();
  for (const core of [...new Set(dump.nodes.map((one) => one.core))].sort((a, b) => a - b)) {
    const place = placeOf(dump, core);
    if (!ports.has(place)) {
      blocks[place] = {
        blocks: {
          memory: {
            use: 'sram',
            with: { capacityBytes: Math.min(2 ** 31 - WORD_ROW_BYTES, capacityBytes(memoryOf(dump, core))), banks: 16, portWidthBits: 512 },
          },
          dma: { use: 'dma' },
        },
        connect: [['dma.local', 'memory.port0']],
      };
      join(`${place}.dma.network`, dump.linkBitsPerCycle);
      join(`${place}.memory.port1`, Math.max(dump.linkBitsPerCycle, dump.offchipBitsPerCycle));
      ports.set(place, 2);
    }
    const port = ports.get(place)!;
    ports.set(place, port + 1);
    blocks[`core${core}`] = { use: 'given-cycles' };
    connect.push([`core${core}.memory0`, `${place}.memory.port${port}`]);
  }
  return { clocks: { core: '1 GHz' }, blocks, connect };
}
