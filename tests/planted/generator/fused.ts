import { sizesOf } from '../interpreter/boxes.js';
import type { OperandMath } from '../interpreter/layer-math.js';
import type { Access, Box } from '../schedule-text.js';
import type { Draft } from './draft.js';
import type { Inputs } from './inputs.js';
import type { Results } from './results.js';
import { makeTiling, operandBox, type Tile, type Tiling } from './tiles.js';

/** Pairs of layers of which the tensor between never is whole. */
export class Fused {
  constructor(
    private readonly draft: Draft,
    private readonly inputs: Inputs,
    private readonly results: Results,
  ) {}

  /** Two layers at once: rows of the first are computed when the second needs them, rows at the seams twice. */
  emit(first: string, second: string): boolean {
    const { random, plan } = this.draft;
    const between = makeTiling(plan, first, random, false);
    const tensor = between.math.output.tensor;
    const last = makeTiling(plan, second, random, false);
    const readers = Object.keys(plan.layers).filter((layer) => this.draft.inputNames(layer).includes(tensor));
    const operand = last.math.inputs.find((input) => input.tensor === tensor);
    const cores = this.draft.coresFor(first).filter((core) => this.draft.coresFor(second).includes(core));
    if (operand === undefined || readers.length > 1 || plan.tensors[tensor]!.role !== 'intermediate' || cores.length === 0) return false;
    if (!this.coversAll(operand, last)) return false;
    const core = random.pick(cores);
    const boxes = last.outputs.map((tile) => operandBox(plan, last.math, operand, tile)!);
    const tiles = boxes.map((box) => this.tileThatMakes(between.math.output, between.math.loops, box));
    const sourcesA = this.inputs.of(first, between, [core], tiles);
    const sourcesB = this.inputs.of(second, last, [core], last.outputs, tensor);
    const bits = Math.max(...boxes.map((box) => this.draft.bits(tensor, box)));
    const middle = Array.from({ length: random.between(1, 2) }, () => this.draft.newBuffer(core.l1, bits));
    const results = this.results.placesOf(last, core);
    const made: Box[] = [];
    last.outputs.forEach((tile, number) => {
      const buffer = middle[number % middle.length]!;
      const box = boxes[number]!;
      const isAgain = made.some((other) => Object.keys(box).every((dim) => other[dim]![0] < box[dim]![1] && box[dim]![0] < other[dim]![1]));
      made.push(box);
      const readsA = this.inputs.load(sourcesA, core, tiles[number]!);
      this.draft.compute(first, core, tiles[number]!, readsA, [{ buffer, tensor, box, operand: 'O' }], isAgain);
      const readsB = [...this.inputs.load(sourcesB, core, tile), { buffer, operand: operand.name, ...(random.chance(50) ? {} : { tensor, box }) }];
      const target = results.bufferOf(number);
      const output: Access = {
        tensor: last.math.output.tensor,
        box: operandBox(plan, last.math, last.math.output, tile)!,
        operand: 'O',
        ...(target === undefined ? {} : { buffer: target }),
      };
      this.draft.compute(second, core, tile, readsB, [{ ...output, ...(results.firstMode === undefined ? {} : { mode: results.firstMode }) }]);
      if (target !== undefined && results.storesEach) this.draft.store(core, target, last.math.output.tensor, output.box!, results.releases);
    });
    results.finish(core);
    if (random.chance(60)) delete plan.tensors[tensor]!.home;
    return true;
  }

  /** Whether the tiles of the second layer need all of the tensor between. */
  private coversAll(operand: OperandMath, { math, outputs }: Tiling): boolean {
    const needed = new Set<string>();
    for (const tile of outputs) {
      const box = operandBox(this.draft.plan, math, operand, tile);
      if (box === undefined) return false;
      const ranges = Object.values(box);
      const visit = (d: number, key: string): void => {
        if (d === ranges.length) needed.add(key);
        else for (let i = ranges[d]![0]; i < ranges[d]![1]; i++) visit(d + 1, `${key},${i}`);
      };
      visit(0, '');
    }
    return needed.size === sizesOf(this.draft.plan.tensors[operand.tensor]!).reduce((a, b) => a * b, 1);
  }

  /** Outputs lie where their loops say. */
  private tileThatMakes(output: OperandMath, loops: readonly string[], box: Box): Tile {
    const at: Record<string, number> = {};
    const size: Record<string, number> = {};
    Object.values(box).forEach(([low, high], d) => {
      const loop = loops[output.positions[d]!.coefficients.findIndex((coefficient) => coefficient !== 0)]!;
      at[loop] = low;
      size[loop] = high - low;
    });
    return { at, size };
  }
}
