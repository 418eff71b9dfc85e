/** What the generator knows of the machines in scenarios/machines. */
export interface CorePaths {
  readonly pe: string;
  /** Runs what is no matrix product; absent: nobody does on this core. */
  readonly vector?: string;
  readonly dma: string;
  readonly l1: string;
}

export interface MachinePaths {
  readonly name: string;
  readonly cores: readonly CorePaths[];
  readonly dram: string;
  /** Executes products on what lies in the DRAM. */
  readonly pim?: string;
  /** Relative weight among the cases. */
  readonly weight: number;
}

const tile = (core: number): CorePaths => ({ pe: `core${core}.pe`, vector: `core${core}.vec`, dma: `core${core}.dma`, l1: `core${core}.l1` });
const four = [0, 1, 2, 3].map(tile);

export const MACHINES: readonly MachinePaths[] = [
  { name: 'singlecore', cores: [tile(0)], dram: 'dram', weight: 3 },
  { name: 'quadcore', cores: four, dram: 'dram', weight: 5 },
  { name: 'quadcore-packet', cores: four, dram: 'dram', weight: 1 },
  { name: 'decode', cores: [{ pe: 'core0.pe', vector: 'core0.pe', dma: 'core0.dma', l1: 'core0.l1' }], dram: 'dram', pim: 'dram', weight: 3 },
  { name: 'bit-serial', cores: [{ pe: 'core0.pe', dma: 'core0.dma', l1: 'core0.l1' }], dram: 'dram', weight: 1 },
];
