import type { Random } from '../random.js';
import type { Access, Plan, Write } from '../schedule-text.js';
import { Draft } from './draft.js';
import { Fused } from './fused.js';
import { Inputs } from './inputs.js';
import type { CorePaths, MachinePaths } from './machines.js';
import { Results } from './results.js';
import { Sums } from './sums.js';
import { joined, makeTiling, operandBox, type Tiling } from './tiles.js';

/** Writes the operations of a network, layer by layer, each in one of the ways that real mappers have. */
export class Emitter {
  private readonly draft: Draft;
  private readonly inputs: Inputs;
  private readonly results: Results;
  private readonly sums: Sums;
  private readonly fused: Fused;
  /** Layers that a fused pair has computed already. */
  private readonly done = new Set<string>();

  constructor(plan: Plan, machine: MachinePaths, random: Random) {
    this.draft = new Draft(plan, machine, random);
    this.inputs = new Inputs(this.draft);
    this.results = new Results(this.draft);
    this.sums = new Sums(this.draft, this.inputs);
    this.fused = new Fused(this.draft, this.inputs, this.results);
  }

  emitAll(): void {
    const layers = Object.keys(this.draft.plan.layers);
    layers.forEach((layer, i) => {
      if (this.done.has(layer)) return;
      const next = layers[i + 1];
      if (next !== undefined && this.draft.random.chance(45) && this.fused.emit(layer, next)) this.done.add(next);
      else this.emitLayer(layer);
    });
  }

  private emitLayer(layer: string): void {
    const { random, plan, machine } = this.draft;
    const isProduct = this.draft.isProduct(layer);
    const tiling = makeTiling(plan, layer, random, isProduct && random.chance(65));
    if (isProduct && machine.pim !== undefined && random.chance(50)) {
      this.emitPim(layer, tiling);
      return;
    }
    const cores = this.draft.coresFor(layer);
    const canSpread = isProduct && tiling.parts.length > 1 && cores.length > 1;
    if (canSpread && random.chance(65)) this.sums.emit(layer, tiling, cores);
    else this.emitTiles(layer, tiling, cores);
  }

  /** Tiles of the output one after the other, each with all parts of its sum on one core. */
  private emitTiles(layer: string, tiling: Tiling, cores: readonly CorePaths[]): void {
    const { random } = this.draft;
    const { math, outputs, parts } = tiling;
    const used = random.shuffled(cores).slice(0, random.between(1, Math.min(cores.length, outputs.length, 3)));
    const sources = this.inputs.of(
      layer,
      tiling,
      used,
      outputs.flatMap((tile) => parts.map((part) => joined(tile, part))),
    );
    const results = new Map(used.map((core) => [core, this.results.placesOf(tiling, core)]));
    outputs.forEach((tile, number) => {
      const core = used[number % used.length]!;
      const box = operandBox(this.draft.plan, math, math.output, tile)!;
      const place = results.get(core)!;
      const buffer = place.bufferOf(number);
      const written: Access = { tensor: math.output.tensor, box, ...(buffer === undefined ? {} : { buffer }), operand: 'O' };
      parts.forEach((part, p) => {
        const whole = joined(tile, part);
        const reads = this.inputs.load(sources, core, whole);
        const mode = p > 0 ? 'accumulate' : place.firstMode;
        this.draft.compute(layer, core, whole, reads, [{ ...written, ...(mode === undefined ? {} : { mode }) }]);
        if (p < parts.length - 1 && buffer !== undefined && place.canSpill && random.chance(25)) this.results.spill(math.output.tensor, core, buffer, box);
      });
      if (buffer !== undefined && place.storesEach) this.draft.store(core, buffer, math.output.tensor, box, place.releases);
    });
    for (const [core, place] of results) place.finish(core);
  }

  private emitPim(layer: string, { math, outputs, parts }: Tiling): void {
    for (const tile of outputs)
      parts.forEach((part, p) => {
        const whole = joined(tile, part);
        const reads = math.inputs.flatMap((operand) => {
          const box = operandBox(this.draft.plan, math, operand, whole);
          return box === undefined ? [] : [{ tensor: operand.tensor, box, operand: operand.name }];
        });
        const written: Write = {
          tensor: math.output.tensor,
          box: operandBox(this.draft.plan, math, math.output, whole)!,
          operand: 'O',
          ...(p === 0 ? {} : { mode: 'accumulate' as const }),
        };
        this.draft.add({
          kind: 'pim',
          queue: this.draft.machine.pim!,
          layer,
          operator: math.operator,
          at: whole.at,
          loops: whole.size,
          reads,
          writes: [written],
        });
      });
  }
}
