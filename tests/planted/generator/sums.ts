import { rangeOf } from '../interpreter/boxes.js';
import type { Access, Box, Write } from '../schedule-text.js';
import type { Draft } from './draft.js';
import type { Inputs } from './inputs.js';
import type { CorePaths } from './machines.js';
import { joined, operandBox, type Tiling, volumeOf } from './tiles.js';

/** Sums that several cores share. */
export class Sums {
  constructor(
    private readonly draft: Draft,
    private readonly inputs: Inputs,
  ) {}

  /** Parts of the sum on different cores, added at the end. */
  emit(layer: string, { math, outputs, parts }: Tiling, cores: readonly CorePaths[]): void {
    const { random, plan } = this.draft;
    const used = random.shuffled(cores).slice(0, Math.min(cores.length, parts.length));
    const tensor = math.output.tensor;
    const sources = this.inputs.of(
      layer,
      { math, outputs, parts },
      used,
      outputs.flatMap((tile) => parts.map((part) => joined(tile, part))),
    );
    const bits = Math.max(...outputs.map((tile) => this.draft.bits(tensor, operandBox(plan, math, math.output, tile)!)));
    const sums = used.map((core) => this.draft.newBuffer(core.l1, bits));
    const scratch = used.map((core) => this.draft.newBuffer(core.l1, bits));
    for (const tile of outputs) {
      const box = operandBox(plan, math, math.output, tile)!;
      const written = used.map(() => false);
      parts.forEach((part, p) => {
        const c = p % used.length;
        const core = used[c]!;
        const whole = joined(tile, part);
        const reads = this.inputs.load(sources, core, whole);
        this.draft.compute(layer, core, whole, reads, [
          { buffer: sums[c]!, tensor, box, operand: 'O', ...(written[c] === true ? { mode: 'accumulate' as const } : {}) },
        ]);
        written[c] = true;
      });
      this.addSums(tensor, box, used, sums, scratch);
    }
  }

  private addSums(tensor: string, box: Box, cores: readonly CorePaths[], sums: readonly string[], scratch: readonly string[]): void {
    const { random } = this.draft;
    const [first] = cores;
    const way = random.pick(['reduce', 'reduce', 'sum', 'in place', 'all-reduce', 'all-reduce', 'reduce-scatter']);
    const held = (c: number): Access => ({ buffer: sums[c]!, tensor, box });
    if (way === 'reduce') {
      const toHome = random.chance(60);
      this.draft.add({
        kind: 'transfer',
        queue: first!.dma,
        reduce: 'add',
        reads: cores.map((_, c) => held(c)),
        writes: [toHome ? { tensor, box } : { ...held(0), mode: 'add' }],
      });
      if (!toHome) this.draft.store(first!, sums[0]!, tensor, box, random.chance(30));
    } else if (way === 'sum' || way === 'in place') {
      for (let c = 1; c < cores.length; c++) {
        const arrived: Access = { buffer: scratch[0]!, tensor, box };
        this.draft.add({
          kind: 'transfer',
          queue: random.pick([first!, cores[c]!]).dma,
          reads: [held(c)],
          writes: [random.chance(50) ? { buffer: scratch[0]! } : { ...arrived, mode: 'add' }],
        });
        const target: Write = way === 'in place' ? { ...held(0), operand: 'O', mode: 'accumulate' } : { ...held(0), operand: 'O', mode: 'add' };
        this.draft.add({
          kind: 'compute',
          queue: first!.vector!,
          operator: 'sum',
          loops: { K: volumeOf(box) },
          reads: [
            { ...held(0), operand: 'I' },
            { ...arrived, operand: 'I2' },
          ],
          writes: [target],
          releases: [{ buffer: scratch[0]! }],
        });
      }
      this.draft.store(first!, sums[0]!, tensor, box, false);
    } else this.collective(way, tensor, box, cores, sums);
  }

  private collective(way: string, tensor: string, box: Box, cores: readonly CorePaths[], sums: readonly string[]): void {
    const { random, plan } = this.draft;
    const scratch = cores.map((core) => this.draft.newBuffer(core.l1, this.draft.bits(tensor, box)));
    const form = plan.tensors[tensor]!;
    const { low, high } = rangeOf(form, box)!;
    const along = Object.keys(form.dims).findIndex((_, d) => high[d]! - low[d]! >= cores.length);
    const isSplit = along >= 0;
    const operator = isSplit && way === 'reduce-scatter' ? 'reduce-scatter' : 'all-reduce';
    const participants = cores.map((core, c) => ({ queue: core.dma, buffer: sums[c]!, compute: core.vector!, scratch: scratch[c]! }));
    this.draft.add({
      kind: 'collective',
      queue: 'collectives',
      operator,
      reads: [{ tensor, box }],
      participants,
      with: { algorithm: random.pick(['ring', 'direct', 'mesh', 'tree']) },
    });
    if (operator === 'all-reduce') {
      const by = random.between(0, cores.length - 1);
      this.draft.store(cores[by]!, sums[by]!, tensor, box, false);
      return;
    }
    const name = Object.keys(form.dims)[along]!;
    const size = high[along]! - low[along]!;
    cores.forEach((core, c) => {
      const range: [number, number] = [low[along]! + Math.floor((c * size) / cores.length), low[along]! + Math.floor(((c + 1) * size) / cores.length)];
      this.draft.store(core, sums[c]!, tensor, { ...box, [name]: range }, false);
    });
  }
}
