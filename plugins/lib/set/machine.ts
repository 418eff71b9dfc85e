import { linkBytes } from './links.js';
import type { SetMachine, SetSchedule } from './record.js';

/** Ports of a router: the core's engine, its buffer, where there is one the DRAM and its engine, and the link to other dies. */
const PORTS = 5;
const [ENGINE, BUFFER, DRAM, DRAM_ENGINE, DIE] = [0, 1, 2, 3, 4] as const;
/** A word of 8 bytes in each of 32 banks: capacities are whole multiples. */
const WORD_ROW_BYTES = 256;
/** Of a channel, at a clock that gives the stated rate: bursts take whole cycles, whatever the rate. */
const DRAM_BYTES_PER_CYCLE = 2;
const DIE_LINK = { preset: 'ucie-advanced' } as const;
/** 64 lanes of 16 GT/s (docs/models/die-to-die.md): bytes a nanosecond each way, a cycle of the mesh. */
const DIE_LINK_BYTES_PER_CYCLE = 128;

/** As wide as a die-to-die link, which moves 128 bytes a cycle. */
const PACKAGE_LINK_BITS = 8 * DIE_LINK_BYTES_PER_CYCLE;

/** Into how many dies a mesh is cut: side by side, or two by two. */
export type Dies = 1 | 2 | 4;

export const corePath = ([x, y]: readonly [number, number]): string => `core_${x}_${y}`;
export const dramPath = (port: number): string => `dram${port}`;

/** The dies of a mesh: `across` columns of them, `down` rows. */
interface Cut {
  readonly across: number;
  readonly down: number;
  readonly columns: number;
  readonly rows: number;
}

function cutOf({ columns, rows }: SetMachine, dies: Dies): Cut {
  const [across, down] = [dies === 1 ? 1 : 2, dies === 4 ? 2 : 1];
  return { across, down, columns: columns / across, rows: rows / down };
}

/** Why a mesh cannot be cut into so many dies; undefined when it can. */
export function whyUncut(machine: SetMachine, dies: Dies): string | undefined {
  const { columns, rows } = cutOf(machine, dies);
  return Number.isInteger(columns) && Number.isInteger(rows) ? undefined : `a mesh of ${machine.columns} x ${machine.rows} has no ${dies} equal dies`;
}

/**
 * A machine document of our blocks: mesh with links of the stated rate, a buffer, an engine and a core at each router, DRAM at its ports. Cut
 * into dies, each has a mesh of its own; two are joined by a die-to-die link, four by one each to a package network.
 *
 * @param stagingBytes beside each buffer, for outputs on their way out
 */
export function setMachineDocument(machine: SetMachine, stagingBytes: number, dies: Dies = 1): Record<string, unknown> {
  const cut = cutOf(machine, dies);
  const blocks: Record<string, unknown> = {};
  const connect: [string, string][] = [];
  for (let down = 0; down < cut.down; down++) for (let across = 0; across < cut.across; across++) addDie(machine, cut, across, down, blocks, connect);
  if (dies > 2) blocks['package'] = { use: 'mesh-packet', with: { columns: cut.across, rows: cut.down, linkWidthBits: PACKAGE_LINK_BITS } };
  addCores(machine, stagingBytes, cut, blocks, connect);
  addDram(machine, cut, blocks, connect);
  const dramGhz = machine.dramBytesPerCycle / machine.dramPorts.length / DRAM_BYTES_PER_CYCLE;
  return { clocks: { core: '1 GHz', dram: `${dramGhz} GHz` }, blocks, connect };
}

function meshName(cut: Cut, across: number, down: number): string {
  return cut.across * cut.down === 1 ? 'noc' : `noc_${across}_${down}`;
}

/** Node of the mesh that a place of the whole lies in. */
function node(cut: Cut, x: number, y: number, port: number): string {
  const [across, down] = [Math.floor(x / cut.columns), Math.floor(y / cut.rows)];
  return `${meshName(cut, across, down)}.node${PORTS * ((y % cut.rows) * cut.columns + (x % cut.columns)) + port}`;
}

function addDie({ linkBytesPerCycle }: SetMachine, cut: Cut, across: number, down: number, blocks: Record<string, unknown>, connect: [string, string][]): void {
  const { columns, rows } = cut;
  const linkWidthBits = Math.max(8, 8 * Math.round(linkBytesPerCycle));
  blocks[meshName(cut, across, down)] = { use: 'mesh-packet', with: { columns, rows, concentration: PORTS, linkWidthBits } };
  const [x, y] = [across * columns, down * rows];
  const link = (name: string, a: string, b: string): void => {
    blocks[name] = { use: 'die-to-die', with: DIE_LINK };
    connect.push([a, `${name}.a`], [`${name}.b`, b]);
  };
  if (cut.across * cut.down === 2 && across === 0) link('d2d', node(cut, columns - 1, 0, DIE), node(cut, columns, 0, DIE));
  // Four dies meet on a package network: in a ring of links between meshes a cycle of full buffers could close.
  if (cut.across * cut.down > 2) link(`d2d_${across}_${down}`, node(cut, x, y, DIE), `package.node${down * cut.across + across}`);
}

function addCores(machine: SetMachine, stagingBytes: number, cut: Cut, blocks: Record<string, unknown>, connect: [string, string][]): void {
  const capacityBytes = WORD_ROW_BYTES * Math.ceil((machine.bufferBytes + stagingBytes) / WORD_ROW_BYTES);
  for (let y = 0; y < machine.rows; y++)
    for (let x = 0; x < machine.columns; x++) {
      const core = corePath([x, y]);
      blocks[core] = {
        blocks: {
          pe: { use: 'given-cycles', with: { macsPerCycle: machine.macs } },
          l1: { use: 'sram', with: { capacityBytes, banks: 32, portWidthBits: 256 } },
          dma: { use: 'dma', with: { outstandingBursts: 16, descriptorsInFlight: 8 } },
        },
        connect: [
          ['pe.memory0', 'l1.port0'],
          ['dma.local', 'l1.port1'],
        ],
      };
      connect.push([`${core}.dma.network`, node(cut, x, y, ENGINE)], [`${core}.l1.port2`, node(cut, x, y, BUFFER)]);
    }
}

function addDram({ dramPorts }: SetMachine, cut: Cut, blocks: Record<string, unknown>, connect: [string, string][]): void {
  dramPorts.forEach(([x, y], port) => {
    const path = dramPath(port);
    blocks[path] = {
      blocks: {
        memory: { use: 'dram-simple', clock: 'dram', with: { channels: 1, bytesPerCycle: DRAM_BYTES_PER_CYCLE } },
        dma: { use: 'dma', with: { outstandingBursts: 32, descriptorsInFlight: 16 } },
      },
      connect: [['dma.local', 'memory.port0']],
    };
    connect.push([`${path}.memory.port1`, node(cut, x, y, DRAM)], [`${path}.dma.network`, node(cut, x, y, DRAM_ENGINE)]);
  });
}

/** Bytes over each border between dies, by direction, and the cycles that its die-to-die link takes for them at least. */
export function dieLinkDemands(
  schedule: SetSchedule,
  dies: Dies,
): readonly { readonly link: string; readonly bytes: number; readonly bytesPerCycle: number }[] {
  const cut = cutOf(schedule.machine, dies);
  const bytes = new Map<string, number>();
  for (const [link, amount] of linkBytes(schedule)) {
    const [from, to] = link.split('>').map((place) => place.split(',').map(Number));
    const die = ([x, y]: readonly number[]): string => `die ${Math.floor(x! / cut.columns)},${Math.floor(y! / cut.rows)}`;
    const [left, right] = [die(from!), die(to!)];
    if (left !== right) bytes.set(`${left} > ${right}`, (bytes.get(`${left} > ${right}`) ?? 0) + amount);
  }
  return [...bytes].map(([link, amount]) => ({ link, bytes: amount, bytesPerCycle: DIE_LINK_BYTES_PER_CYCLE }));
}
