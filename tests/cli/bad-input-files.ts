/** A small project that runs; every bad-input case changes one thing in it. */
export const MACHINE = `tesseraMachine: 1
name: tiny
clocks: { core: 1 GHz, slow: 877 MHz }
blocks:
  pe: { use: systolic, with: { rows: 16, columns: 16, dataflow: weight-stationary } }
  l1: { use: sram, with: { capacityBytes: 64 KiB } }
  dma: { use: dma, with: { burstBytes: 512 } }
  noc: { use: ideal }
  dram: { use: dram-simple, clock: slow }
connect:
  - [pe.memory0, l1.port0]
  - [dma.local, l1.port1]
  - [dma.network, noc.node0]
  - [dram.port0, noc.node1]
`;

export const SCENARIO = `tessera: 1
name: tiny
seed: 1
machine: { include: machine.yaml }
schedule: gemm.schedule.yaml
expect: { violations: 0 }
`;

export const SCHEDULE = `tesseraSchedule: 1
name: one-tile
tensors:
  X: { dims: { M: 16, K: 32 }, format: int8, role: input, home: dram }
  W: { dims: { N: 16, K: 32 }, format: int8, role: constant, home: dram }
  O: { dims: { M: 16, N: 16 }, format: int8, role: output, home: dram }
buffers:
  weights: { memory: l1, bytes: 512 }
  in: { memory: l1, bytes: 512 }
  out: { memory: l1, bytes: 256 }
layers:
  gemm: { operator: gemm, loops: { OX: 16, K: 16, C: 32 } }
operations:
  - { kind: transfer, queue: dma, layer: gemm, reads: [{ tensor: W }], writes: [{ buffer: weights }] }
  - { kind: transfer, queue: dma, layer: gemm, reads: [{ tensor: X }], writes: [{ buffer: in }] }
  - kind: compute
    queue: pe
    layer: gemm
    operator: gemm
    loops: { OX: 16, K: 16, C: 32 }
    reads: [{ buffer: in, operand: I }, { buffer: weights, operand: W }]
    writes: [{ buffer: out, tensor: O, operand: O }]
  - { kind: transfer, queue: dma, layer: gemm, reads: [{ buffer: out, tensor: O }], writes: [{ tensor: O }] }
`;

export const FILES = { 's.yaml': SCENARIO, 'machine.yaml': MACHINE, 'gemm.schedule.yaml': SCHEDULE } as const;

export interface BadInput {
  readonly name: string;
  /** Replacements in a file, `[file, old, new]`, or whole files. */
  readonly change?: readonly (readonly [file: keyof typeof FILES, old: string, replacement: string])[];
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Command and arguments; default `run s.yaml -o out`. */
  readonly command?: readonly string[];
  /** `file:line` where the message points to. */
  readonly at: string;
  readonly path?: string;
  readonly says: string;
  /** A suite tells what is wrong with its points in its table, on standard output. */
  readonly isInTable?: boolean;
  readonly expected?: string;
  readonly nearest?: string;
}
