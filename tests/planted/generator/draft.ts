import { bitsOf } from '../formats.js';
import type { Random } from '../random.js';
import type { Access, Box, Operation, Plan, Write } from '../schedule-text.js';
import type { CorePaths, MachinePaths } from './machines.js';
import { type Tile, volumeOf } from './tiles.js';

/** The plan that is being written, one operation after the other. */
export class Draft {
  /** Released by the next compute. */
  pendingReleases: Access[] = [];
  private uid = 0;
  private bufferNumber = 0;

  constructor(
    readonly plan: Plan,
    readonly machine: MachinePaths,
    readonly random: Random,
  ) {}

  compute(layer: string, core: CorePaths, tile: Tile, reads: Access[], writes: Write[], isAgain = false): void {
    const { operator } = this.plan.layers[layer]!;
    const releases = this.pendingReleases;
    this.pendingReleases = [];
    const full = this.plan.layers[layer]!.loops;
    const loops = Object.fromEntries(Object.keys(full).map((loop) => [loop, tile.size[loop] ?? full[loop]!]));
    this.add({
      kind: 'compute',
      queue: this.isProduct(layer) ? core.pe : core.vector!,
      layer,
      operator,
      at: tile.at,
      loops,
      reads,
      writes,
      ...(releases.length > 0 ? { releases } : {}),
      ...(isAgain ? { recompute: true } : {}),
    });
  }

  store(core: CorePaths, buffer: string, tensor: string, box: Box, releases: boolean): void {
    this.add({
      kind: 'transfer',
      queue: core.dma,
      reads: [{ buffer, tensor, box }],
      writes: [{ tensor, box }],
      ...(releases ? { releases: [{ buffer }] } : {}),
    });
  }

  add(operation: Omit<Operation, 'uid'>): void {
    this.plan.operations.push({ uid: this.uid++, ...operation });
  }

  newBuffer(memory: string, bits: number): string {
    const name = `b${this.bufferNumber++}`;
    this.plan.buffers[name] = { memory, bytes: Math.max(1, Math.ceil(bits / 8)) };
    return name;
  }

  bits(tensor: string, box?: Box): number {
    const { format, dims } = this.plan.tensors[tensor]!;
    return bitsOf(format) * (box === undefined ? Object.values(dims).reduce((a, b) => a * b, 1) : volumeOf(box));
  }

  isProduct(layer: string): boolean {
    return /^(conv|gemm|matmul|depthwise)/.test(this.plan.layers[layer]!.operator);
  }

  inputNames(layer: string): string[] {
    const { operands } = this.plan.layers[layer]!;
    if (operands === undefined) return ['I', 'W'].map((operand) => this.plan.standard[layer]![operand]!);
    return Object.values(operands)
      .filter(({ role }) => role !== 'output')
      .map(({ tensor }) => tensor);
  }

  coresFor(layer: string): CorePaths[] {
    return this.machine.cores.filter(({ vector }) => vector !== undefined || this.isProduct(layer));
  }
}
