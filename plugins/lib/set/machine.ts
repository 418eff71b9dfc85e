import type { SetMachine } from './record.js';

/** Ports of a router: the core's engine, its buffer, and, where there is one, the DRAM and its engine. */
const PORTS = 4;
/** A word of 8 bytes in each of 32 banks: capacities are whole multiples. */
const WORD_ROW_BYTES = 256;
/** Of a channel, at a clock that gives the stated rate: bursts take whole cycles, whatever the rate. */
const DRAM_BYTES_PER_CYCLE = 2;
export const corePath = ([x, y]: readonly [number, number]): string => `core_${x}_${y}`;
export const dramPath = (port: number): string => `dram${port}`;

/**
 * A machine document of our blocks: mesh with links of the stated rate, a buffer, an engine and a core at each router, DRAM at its ports.
 *
 * @param stagingBytes beside each buffer, for outputs on their way out
 */
export function setMachineDocument(machine: SetMachine, stagingBytes: number): Record<string, unknown> {
  const { columns, rows, macs, bufferBytes, linkBytesPerCycle, dramBytesPerCycle, dramPorts } = machine;
  const blocks: Record<string, unknown> = {
    noc: { use: 'mesh-packet', with: { columns, rows, concentration: PORTS, linkWidthBits: Math.max(8, 8 * Math.round(linkBytesPerCycle)) } },
  };
  const connect: [string, string][] = [];
  const node = (x: number, y: number, port: number): string => `noc.node${PORTS * (y * columns + x) + port}`;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const core = corePath([x, y]);
      blocks[core] = {
        blocks: {
          pe: { use: 'given-cycles', with: { macsPerCycle: macs } },
          l1: {
            use: 'sram',
            with: { capacityBytes: WORD_ROW_BYTES * Math.ceil((bufferBytes + stagingBytes) / WORD_ROW_BYTES), banks: 32, portWidthBits: 256 },
          },
          dma: { use: 'dma', with: { outstandingBursts: 16, descriptorsInFlight: 8 } },
        },
        connect: [
          ['pe.memory0', 'l1.port0'],
          ['dma.local', 'l1.port1'],
        ],
      };
      connect.push([`${core}.dma.network`, node(x, y, 0)], [`${core}.l1.port2`, node(x, y, 1)]);
    }
  dramPorts.forEach(([x, y], port) => {
    const path = dramPath(port);
    blocks[path] = {
      blocks: {
        memory: { use: 'dram-simple', clock: 'dram', with: { channels: 1, bytesPerCycle: DRAM_BYTES_PER_CYCLE } },
        dma: { use: 'dma', with: { outstandingBursts: 32, descriptorsInFlight: 16 } },
      },
      connect: [['dma.local', 'memory.port0']],
    };
    connect.push([`${path}.memory.port1`, node(x, y, 2)], [`${path}.dma.network`, node(x, y, 3)]);
  });
  const dramGhz = dramBytesPerCycle / dramPorts.length / DRAM_BYTES_PER_CYCLE;
  return { clocks: { core: '1 GHz', dram: `${dramGhz} GHz` }, blocks, connect };
}
