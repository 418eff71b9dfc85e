import { expectedEnergy, type ExpectedEnergy, type MachineBlock, type MachineDescription, type OperationSizes, type TileShape } from 'tessera-sim';
import { CarrierTable } from './carriers.js';

/** Picojoules by block path; what the connections take is under `LINKS`. */
export type Spending = Map<string, number>;
export const LINKS = 'links';

/** What operations are expected to cost, by the actions that the blocks declare. */
export class ExpectedSpending {
  private readonly energies = new Map<string, ExpectedEnergy>();
  private readonly carriers: CarrierTable;

  constructor(private readonly machine: MachineDescription) {
    this.carriers = new CarrierTable(machine);
    for (const block of machine.blocks) this.energies.set(block.path, expectedEnergy(block));
  }

  addTile(spending: Spending, path: string, tile: TileShape): void {
    add(spending, path, this.energies.get(path)?.ofTile(tile) ?? 0);
  }

  /** Bytes that an operation of the block at `path` reads and writes: in the memories, in what lies between, and in the engine that moves them. */
  addAccesses(spending: Spending, path: string, { reads, writes }: OperationSizes): void {
    for (const { memory, bytes } of reads) this.addAccess(spending, memory, path, bytes, 'perByteRead');
    for (const { memory, bytes } of writes) this.addAccess(spending, memory, path, bytes, 'perByteWritten');
    const written = writes.reduce((sum, { bytes }) => sum + bytes, 0);
    add(spending, path, written * (this.energies.get(path)?.perByteMoved ?? 0));
  }

  /** What is drawn all the time, by block. */
  standing(seconds: number): Spending {
    const spending: Spending = new Map();
    for (const [path, { perSecond }] of this.energies) add(spending, path, perSecond * seconds);
    return spending;
  }

  private addAccess(spending: Spending, memory: string, path: string, bytes: number, kind: 'perByteRead' | 'perByteWritten'): void {
    add(spending, memory, bytes * (this.energies.get(memory)?.[kind] ?? 0));
    const { blocks, connections } = this.carriers.between(memory, path);
    for (const block of blocks) add(spending, block.path, bytes * this.movedBy(block));
    for (const { energyPerBitPj } of connections) add(spending, LINKS, bytes * 8 * (energyPerBitPj ?? 0));
  }

  private movedBy({ path }: MachineBlock): number {
    return this.energies.get(path)?.perByteMoved ?? 0;
  }
}

function add(spending: Spending, path: string, picojoules: number): void {
  if (picojoules !== 0) spending.set(path, (spending.get(path) ?? 0) + picojoules);
}
