import { bitsOf } from '../formats.js';
import type { OperandMath } from '../interpreter/layer-math.js';
import type { Random } from '../random.js';
import type { Access, Box, Operation, Plan, Write } from '../schedule-text.js';
import { rangeOf, sizesOf } from '../interpreter/boxes.js';
import type { CorePaths, MachinePaths } from './machines.js';
import { joined, operandBox, type Tile, type Tiling, makeTiling, volumeOf } from './tiles.js';

/** Where a compute finds an operand. */
type Source = (core: CorePaths, tile: Tile) => Access | undefined;

/** Writes the operations of a network, layer by layer, each in one of the ways that real mappers have. */
export class Emitter {
  private uid = 0;
  private bufferNumber = 0;
  /** Tensors that a fused pair has computed already. */
  private readonly done = new Set<string>();

  constructor(
    private readonly plan: Plan,
    private readonly machine: MachinePaths,
    private readonly random: Random,
  ) {}

  emitAll(): void {
    const layers = Object.keys(this.plan.layers);
    layers.forEach((layer, i) => {
      if (this.done.has(layer)) return;
      const next = layers[i + 1];
      if (next !== undefined && this.random.chance(45) && this.emitFused(layer, next)) this.done.add(next);
      else this.emitLayer(layer);
    });
  }

  private emitLayer(layer: string): void {
    const { random, plan, machine } = this;
    const isProduct = this.isProduct(layer);
    const tiling = makeTiling(plan, layer, random, isProduct && random.chance(65));
    if (isProduct && machine.pim !== undefined && random.chance(50)) {
      this.emitPim(layer, tiling);
      return;
    }
    const cores = this.coresFor(layer);
    const canSpread = isProduct && tiling.parts.length > 1 && cores.length > 1;
    if (canSpread && random.chance(65)) this.emitSpreadSums(layer, tiling, cores);
    else this.emitTiles(layer, tiling, cores);
  }

  /** Tiles of the output one after the other, each with all parts of its sum on one core. */
  private emitTiles(layer: string, tiling: Tiling, cores: readonly CorePaths[]): void {
    const { random } = this;
    const { math, outputs, parts } = tiling;
    const used = random.shuffled(cores).slice(0, random.between(1, Math.min(cores.length, outputs.length, 3)));
    const sources = this.inputSources(
      layer,
      tiling,
      used,
      outputs.flatMap((tile) => parts.map((part) => joined(tile, part))),
    );
    const results = new Map(used.map((core) => [core, this.resultPlaces(tiling, core)]));
    outputs.forEach((tile, number) => {
      const core = used[number % used.length]!;
      const box = operandBox(this.plan, math, math.output, tile)!;
      const place = results.get(core)!;
      const buffer = place.bufferOf(number);
      const written: Access = { tensor: math.output.tensor, box, ...(buffer === undefined ? {} : { buffer }), operand: 'O' };
      parts.forEach((part, p) => {
        const whole = joined(tile, part);
        const reads = this.loadInputs(sources, core, whole);
        const mode = p > 0 ? 'accumulate' : place.firstMode;
        this.compute(layer, core, whole, reads, [{ ...written, ...(mode === undefined ? {} : { mode }) }]);
        if (p < parts.length - 1 && buffer !== undefined && place.canSpill && random.chance(25)) this.spill(math.output.tensor, core, buffer, box);
      });
      if (buffer !== undefined && place.storesEach) this.store(core, buffer, math.output.tensor, box, place.releases);
    });
    for (const [core, place] of results) place.finish(core);
  }

  private spill(tensor: string, core: CorePaths, buffer: string, box: Box): void {
    const { random } = this;
    const toBuffer = random.chance(30) ? this.newBuffer(this.machine.dram, this.bits(tensor, box)) : undefined;
    const there: Access = { tensor, box, ...(toBuffer === undefined ? {} : { buffer: toBuffer }) };
    const here: Access = { buffer, tensor, box };
    this.add({ kind: 'transfer', queue: core.dma, reads: [here], writes: [there], ...(random.chance(50) ? { releases: [{ buffer }] } : {}) });
    this.add({ kind: 'transfer', queue: core.dma, reads: [there], writes: [random.chance(50) ? { buffer } : here] });
  }

  /** Where results of a core go, and how they come home. */
  private resultPlaces(
    { math, outputs, parts }: Tiling,
    core: CorePaths,
  ): {
    bufferOf: (tile: number) => string | undefined;
    firstMode: Write['mode'];
    storesEach: boolean;
    canSpill: boolean;
    releases: boolean;
    finish: (core: CorePaths) => void;
  } {
    const { random, plan } = this;
    const tensor = math.output.tensor;
    const bits = Math.max(...outputs.map((tile) => this.bits(tensor, operandBox(plan, math, math.output, tile)!)));
    const way = random.pick(['alternate', 'alternate', 'fresh', 'gather', 'home']);
    if (way === 'alternate' && this.machine.pim === undefined && plan.tensors[tensor]!.role !== 'input' && random.chance(8))
      plan.tensors[tensor]!.home = random.pick(this.machine.cores).l1;
    if (way === 'home' && this.canLiveIn(core, tensor)) {
      plan.tensors[tensor]!.home = core.l1;
      return {
        bufferOf: () => undefined,
        firstMode: random.pick([undefined, 'replace', 'add']),
        storesEach: false,
        canSpill: false,
        releases: false,
        finish: () => undefined,
      };
    }
    if (way === 'gather') {
      const all = outputs.reduce((sum, tile) => sum + this.bits(tensor, operandBox(plan, math, math.output, tile)!), 0);
      const buffer = this.newBuffer(core.l1, all);
      const boxes: Box[] = [];
      return {
        bufferOf: (tile) => {
          boxes.push(operandBox(plan, math, math.output, outputs[tile]!)!);
          return buffer;
        },
        firstMode: random.pick(['add', 'accumulate']),
        storesEach: false,
        canSpill: false,
        releases: false,
        finish: (by) => {
          const whole = boxes.length === outputs.length && random.chance(70);
          for (const box of whole ? [undefined] : boxes)
            this.add({
              kind: 'transfer',
              queue: by.dma,
              reads: [{ buffer, tensor, ...(box === undefined ? {} : { box }) }],
              writes: [{ tensor, ...(box === undefined ? {} : { box }) }],
            });
        },
      };
    }
    const releases = random.chance(40);
    const count = way === 'fresh' ? outputs.length : random.between(1, 2);
    const buffers = Array.from({ length: count }, () => this.newBuffer(core.l1, bits));
    const startsAtZero = releases && count === 1 && parts.length > 1 && random.chance(50);
    return {
      bufferOf: (tile) => buffers[tile % count]!,
      firstMode: startsAtZero ? 'accumulate' : undefined,
      storesEach: true,
      canSpill: true,
      releases,
      finish: () => undefined,
    };
  }

  /** Only the core itself reaches what lives in its memory, and only when nobody else computes or reads it. */
  private canLiveIn(core: CorePaths, tensor: string): boolean {
    const readers = Object.keys(this.plan.layers).filter((layer) => this.inputNames(layer).includes(tensor));
    return (
      this.machine.cores.length === 1 &&
      this.machine.pim === undefined &&
      this.plan.tensors[tensor]!.role === 'intermediate' &&
      readers.length > 0 &&
      core.l1 !== ''
    );
  }

  /** Parts of the sum on different cores, added at the end. */
  private emitSpreadSums(layer: string, { math, outputs, parts }: Tiling, cores: readonly CorePaths[]): void {
    const { random, plan } = this;
    const used = random.shuffled(cores).slice(0, Math.min(cores.length, parts.length));
    const tensor = math.output.tensor;
    const sources = this.inputSources(
      layer,
      { math, outputs, parts },
      used,
      outputs.flatMap((tile) => parts.map((part) => joined(tile, part))),
    );
    const bits = Math.max(...outputs.map((tile) => this.bits(tensor, operandBox(plan, math, math.output, tile)!)));
    const sums = used.map((core) => this.newBuffer(core.l1, bits));
    const scratch = used.map((core) => this.newBuffer(core.l1, bits));
    for (const tile of outputs) {
      const box = operandBox(plan, math, math.output, tile)!;
      const written = used.map(() => false);
      parts.forEach((part, p) => {
        const c = p % used.length;
        const core = used[c]!;
        const whole = joined(tile, part);
        const reads = this.loadInputs(sources, core, whole);
        this.compute(layer, core, whole, reads, [
          { buffer: sums[c]!, tensor, box, operand: 'O', ...(written[c] === true ? { mode: 'accumulate' as const } : {}) },
        ]);
        written[c] = true;
      });
      this.addSums(tensor, box, used, sums, scratch);
    }
  }

  private addSums(tensor: string, box: Box, cores: readonly CorePaths[], sums: readonly string[], scratch: readonly string[]): void {
    const { random } = this;
    const [first] = cores;
    const way = random.pick(['reduce', 'reduce', 'sum', 'in place', 'all-reduce', 'all-reduce', 'reduce-scatter']);
    const held = (c: number): Access => ({ buffer: sums[c]!, tensor, box });
    if (way === 'reduce') {
      const toHome = random.chance(60);
      this.add({
        kind: 'transfer',
        queue: first!.dma,
        reduce: 'add',
        reads: cores.map((_, c) => held(c)),
        writes: [toHome ? { tensor, box } : { ...held(0), mode: 'add' }],
      });
      if (!toHome) this.store(first!, sums[0]!, tensor, box, random.chance(30));
    } else if (way === 'sum' || way === 'in place') {
      for (let c = 1; c < cores.length; c++) {
        const arrived: Access = { buffer: scratch[0]!, tensor, box };
        this.add({
          kind: 'transfer',
          queue: random.pick([first!, cores[c]!]).dma,
          reads: [held(c)],
          writes: [random.chance(50) ? { buffer: scratch[0]! } : { ...arrived, mode: 'add' }],
        });
        const target: Write = way === 'in place' ? { ...held(0), operand: 'O', mode: 'accumulate' } : { ...held(0), operand: 'O', mode: 'add' };
        this.add({
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
      this.store(first!, sums[0]!, tensor, box, false);
    } else this.collective(way, tensor, box, cores, sums);
  }

  private collective(way: string, tensor: string, box: Box, cores: readonly CorePaths[], sums: readonly string[]): void {
    const { random, plan } = this;
    const scratch = cores.map((core) => this.newBuffer(core.l1, this.bits(tensor, box)));
    const form = plan.tensors[tensor]!;
    const { low, high } = rangeOf(form, box)!;
    const along = Object.keys(form.dims).findIndex((_, d) => high[d]! - low[d]! >= cores.length);
    const isSplit = along >= 0;
    const operator = isSplit && way === 'reduce-scatter' ? 'reduce-scatter' : 'all-reduce';
    const participants = cores.map((core, c) => ({ queue: core.dma, buffer: sums[c]!, compute: core.vector!, scratch: scratch[c]! }));
    this.add({
      kind: 'collective',
      queue: 'collectives',
      operator,
      reads: [{ tensor, box }],
      participants,
      with: { algorithm: random.pick(['ring', 'direct', 'mesh', 'tree']) },
    });
    if (operator === 'all-reduce') {
      const by = random.between(0, cores.length - 1);
      this.store(cores[by]!, sums[by]!, tensor, box, false);
      return;
    }
    const name = Object.keys(form.dims)[along]!;
    const size = high[along]! - low[along]!;
    cores.forEach((core, c) => {
      const range: [number, number] = [low[along]! + Math.floor((c * size) / cores.length), low[along]! + Math.floor(((c + 1) * size) / cores.length)];
      this.store(core, sums[c]!, tensor, { ...box, [name]: range }, false);
    });
  }

  private emitPim(layer: string, { math, outputs, parts }: Tiling): void {
    for (const tile of outputs)
      parts.forEach((part, p) => {
        const whole = joined(tile, part);
        const reads = math.inputs.flatMap((operand) => {
          const box = operandBox(this.plan, math, operand, whole);
          return box === undefined ? [] : [{ tensor: operand.tensor, box, operand: operand.name }];
        });
        const written: Write = {
          tensor: math.output.tensor,
          box: operandBox(this.plan, math, math.output, whole)!,
          operand: 'O',
          ...(p === 0 ? {} : { mode: 'accumulate' as const }),
        };
        this.add({ kind: 'pim', queue: this.machine.pim!, layer, operator: math.operator, at: whole.at, loops: whole.size, reads, writes: [written] });
      });
  }

  /** Two layers at once: rows of the first are computed when the second needs them, rows at the seams twice. */
  private emitFused(first: string, second: string): boolean {
    const { random, plan } = this;
    const between = makeTiling(plan, first, random, false);
    const tensor = between.math.output.tensor;
    const last = makeTiling(plan, second, random, false);
    const readers = Object.keys(plan.layers).filter((layer) => this.inputNames(layer).includes(tensor));
    const operand = last.math.inputs.find((input) => input.tensor === tensor);
    const cores = this.coresFor(first).filter((core) => this.coresFor(second).includes(core));
    if (operand === undefined || readers.length > 1 || plan.tensors[tensor]!.role !== 'intermediate' || cores.length === 0) return false;
    if (!this.coversAll(operand, last)) return false;
    const core = random.pick(cores);
    const boxes = last.outputs.map((tile) => operandBox(plan, last.math, operand, tile)!);
    const tiles = boxes.map((box) => this.tileThatMakes(between.math.output, between.math.loops, box));
    const sourcesA = this.inputSources(first, between, [core], tiles);
    const sourcesB = this.inputSources(second, last, [core], last.outputs, tensor);
    const bits = Math.max(...boxes.map((box) => this.bits(tensor, box)));
    const middle = Array.from({ length: random.between(1, 2) }, () => this.newBuffer(core.l1, bits));
    const results = this.resultPlaces(last, core);
    const made: Box[] = [];
    last.outputs.forEach((tile, number) => {
      const buffer = middle[number % middle.length]!;
      const box = boxes[number]!;
      const isAgain = made.some((other) => Object.keys(box).every((dim) => other[dim]![0] < box[dim]![1] && box[dim]![0] < other[dim]![1]));
      made.push(box);
      const readsA = this.loadInputs(sourcesA, core, tiles[number]!);
      this.compute(first, core, tiles[number]!, readsA, [{ buffer, tensor, box, operand: 'O' }], isAgain);
      const readsB = [...this.loadInputs(sourcesB, core, tile), { buffer, operand: operand.name, ...(random.chance(50) ? {} : { tensor, box }) }];
      const target = results.bufferOf(number);
      const output: Access = {
        tensor: last.math.output.tensor,
        box: operandBox(plan, last.math, last.math.output, tile)!,
        operand: 'O',
        ...(target === undefined ? {} : { buffer: target }),
      };
      this.compute(second, core, tile, readsB, [{ ...output, ...(results.firstMode === undefined ? {} : { mode: results.firstMode }) }]);
      if (target !== undefined && results.storesEach) this.store(core, target, last.math.output.tensor, output.box!, results.releases);
    });
    results.finish(core);
    if (random.chance(60)) delete plan.tensors[tensor]!.home;
    return true;
  }

  /** Whether the tiles of the second layer need all of the tensor between. */
  private coversAll(operand: OperandMath, { math, outputs }: Tiling): boolean {
    const needed = new Set<string>();
    for (const tile of outputs) {
      const box = operandBox(this.plan, math, operand, tile);
      if (box === undefined) return false;
      const ranges = Object.values(box);
      const visit = (d: number, key: string): void => {
        if (d === ranges.length) needed.add(key);
        else for (let i = ranges[d]![0]; i < ranges[d]![1]; i++) visit(d + 1, `${key},${i}`);
      };
      visit(0, '');
    }
    return needed.size === sizesOf(this.plan.tensors[operand.tensor]!).reduce((a, b) => a * b, 1);
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

  /** For each input, how it gets to the cores. */
  private inputSources(layer: string, { math }: Tiling, cores: readonly CorePaths[], tiles: readonly Tile[], except?: string): Map<OperandMath, Source> {
    const sources = new Map<OperandMath, Source>();
    for (const operand of math.inputs) {
      if (operand.tensor === except) continue;
      const home = this.plan.tensors[operand.tensor]!.home!;
      const way = this.random.pick(['each', 'each', 'whole', 'whole', 'ring']);
      if (cores.every(({ l1 }) => l1 === home)) sources.set(operand, (_, tile) => this.access(math, operand, tile));
      else if (way === 'whole') sources.set(operand, this.wholeSource(math, operand, cores));
      else if (way === 'ring') sources.set(operand, this.ringSource(math, operand, cores, tiles));
      else sources.set(operand, this.eachSource(math, operand, cores, tiles));
    }
    if (layer === '') throw new Error('a layer has a name');
    return sources;
  }

  private access(math: Tiling['math'], operand: OperandMath, tile: Tile, buffer?: string): Access | undefined {
    const box = operandBox(this.plan, math, operand, tile);
    return box === undefined ? undefined : { ...(buffer === undefined ? {} : { buffer }), tensor: operand.tensor, box, operand: operand.name };
  }

  /** All of the tensor, once; to all cores by one multicast or one by one, in one piece or in several. */
  private wholeSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[]): Source {
    const { random } = this;
    const tensor = operand.tensor;
    const buffers = new Map(cores.map((core) => [core, this.newBuffer(core.l1, this.bits(tensor))]));
    if (cores.length > 1 && cores.every(({ vector }) => vector !== undefined) && random.chance(15)) this.spread(tensor, cores, buffers);
    else this.loadWhole(tensor, cores, buffers);
    const isPlain = random.chance(50);
    return (core, tile) => {
      const exact = this.access(math, operand, tile, buffers.get(core)!);
      return exact === undefined || !isPlain ? exact : { buffer: exact.buffer!, operand: operand.name, ...(random.chance(50) ? { tensor } : {}) };
    };
  }

  /** Each core gets it from the others: a broadcast of one that has it, or a part each and a gathering of all. */
  private spread(tensor: string, cores: readonly CorePaths[], buffers: ReadonlyMap<CorePaths, string>): void {
    const { random, plan } = this;
    const participants = cores.map((core) => ({ queue: core.dma, buffer: buffers.get(core)! }));
    const algorithm = random.pick(['ring', 'direct', 'mesh', 'tree']);
    const [name, size] = Object.entries(plan.tensors[tensor]!.dims)[0]!;
    if (random.chance(50) || size < cores.length) {
      const root = random.between(0, cores.length - 1);
      this.add({ kind: 'transfer', queue: cores[root]!.dma, reads: [{ tensor }], writes: [{ buffer: buffers.get(cores[root]!)!, mode: 'add' }] });
      this.add({ kind: 'collective', queue: 'collectives', operator: 'broadcast', reads: [{ tensor }], participants, with: { algorithm, root } });
      return;
    }
    cores.forEach((core, c) => {
      const box: Box = { [name]: [Math.floor((c * size) / cores.length), Math.floor(((c + 1) * size) / cores.length)] };
      this.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor, box }], writes: [{ buffer: buffers.get(core)!, mode: 'add' }] });
    });
    this.add({ kind: 'collective', queue: 'collectives', operator: 'all-gather', reads: [{ tensor }], participants, with: { algorithm, along: name } });
  }

  private loadWhole(tensor: string, cores: readonly CorePaths[], buffers: ReadonlyMap<CorePaths, string>): void {
    const { random } = this;
    const pieces = random.chance(30) ? this.halvesOf(tensor) : [undefined];
    const isMulticast = cores.length > 1 && random.chance(65);
    if (pieces.length > 1 && random.chance(35)) {
      // Both pieces in one transfer.
      const writes = (isMulticast ? cores : cores.slice(0, 1)).map((core): Write => ({ buffer: buffers.get(core)!, tensor, box: {} }));
      this.add({ kind: 'transfer', queue: cores[0]!.dma, reads: pieces.map((box) => ({ tensor, box: box! })), writes });
      if (!isMulticast)
        for (const core of cores.slice(1)) this.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor }], writes: [{ buffer: buffers.get(core)! }] });
    } else
      for (const box of pieces) {
        const read: Access = { tensor, ...(box === undefined ? {} : { box }) };
        const mode = pieces.length > 1 || random.chance(20) ? { mode: 'add' as const } : {};
        const writes = cores.map((core): Write => ({ buffer: buffers.get(core)!, ...mode }));
        if (isMulticast) this.add({ kind: 'transfer', queue: random.pick(cores).dma, reads: [read], writes });
        else cores.forEach((core, c) => this.add({ kind: 'transfer', queue: core.dma, reads: [read], writes: [writes[c]!] }));
      }
  }

  private halvesOf(tensor: string): Box[] {
    const { dims } = this.plan.tensors[tensor]!;
    const [name, size] = this.random.pick(Object.entries(dims));
    if (size < 2) return [{}];
    const middle = this.random.between(1, size - 1);
    return [{ [name]: [0, middle] }, { [name]: [middle, size] }];
  }

  /** What a tile needs, into buffers that take turns. */
  private eachSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[], tiles: readonly Tile[]): Source {
    const { random, plan } = this;
    const bits = Math.max(
      8,
      ...tiles.map((tile) => operandBox(plan, math, operand, tile)).map((box) => (box === undefined ? 0 : this.bits(operand.tensor, box))),
    );
    const count = random.between(1, 2);
    const buffers = new Map(cores.map((core) => [core, Array.from({ length: count }, () => this.newBuffer(core.l1, bits))]));
    // By way of a buffer in the DRAM, or in another core's memory.
    const via = random.pick([this.machine.dram, random.pick(this.machine.cores).l1]);
    const staging = random.chance(10) ? this.newBuffer(via, bits) : undefined;
    const loaded = new Map<CorePaths, { turn: number; box: string }>();
    return (core, tile) => {
      const box = operandBox(plan, math, operand, tile);
      if (box === undefined) return undefined;
      const before = loaded.get(core);
      const text = JSON.stringify(box);
      const isThere = before?.box === text;
      const turn = before === undefined ? 0 : isThere ? before.turn : before.turn + 1;
      loaded.set(core, { turn, box: text });
      const buffer = buffers.get(core)![turn % count]!;
      if (!isThere)
        this.add({
          kind: 'transfer',
          queue: core.dma,
          reads: [{ tensor: operand.tensor, box }],
          writes: [random.chance(60) ? { buffer } : { buffer, tensor: operand.tensor, box }],
        });
      return { buffer, operand: operand.name, ...(random.chance(50) ? { tensor: operand.tensor, box } : random.chance(50) ? { tensor: operand.tensor } : {}) };
    };
  }

  /** A buffer of room for two tiles: loads join what is there, and each tile is released by its reader. */
  private ringSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[], tiles: readonly Tile[]): Source {
    const { random, plan } = this;
    const most = Math.max(
      8,
      ...tiles.map((tile) => operandBox(plan, math, operand, tile)).map((box) => (box === undefined ? 0 : this.bits(operand.tensor, box))),
    );
    const buffers = new Map(cores.map((core) => [core, this.newBuffer(core.l1, random.pick([most, 2 * most]))]));
    return (core, tile) => {
      const box = operandBox(plan, math, operand, tile);
      if (box === undefined) return undefined;
      const buffer = buffers.get(core)!;
      this.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor: operand.tensor, box }], writes: [{ buffer, mode: 'add' }] });
      const held: Access = { buffer, tensor: operand.tensor, box };
      this.pendingReleases.push(held);
      return { ...held, operand: operand.name };
    };
  }

  /** Released by the next compute. */
  private pendingReleases: Access[] = [];

  private loadInputs(sources: Map<OperandMath, Source>, core: CorePaths, tile: Tile): Access[] {
    return [...sources.values()].flatMap((source) => {
      const access = source(core, tile);
      return access === undefined ? [] : [access];
    });
  }

  private compute(layer: string, core: CorePaths, tile: Tile, reads: Access[], writes: Write[], isAgain = false): void {
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

  private store(core: CorePaths, buffer: string, tensor: string, box: Box, releases: boolean): void {
    this.add({
      kind: 'transfer',
      queue: core.dma,
      reads: [{ buffer, tensor, box }],
      writes: [{ tensor, box }],
      ...(releases ? { releases: [{ buffer }] } : {}),
    });
  }

  private add(operation: Omit<Operation, 'uid'>): void {
    this.plan.operations.push({ uid: this.uid++, ...operation });
  }

  private newBuffer(memory: string, bits: number): string {
    const name = `b${this.bufferNumber++}`;
    this.plan.buffers[name] = { memory, bytes: Math.max(1, Math.ceil(bits / 8)) };
    return name;
  }

  private bits(tensor: string, box?: Box): number {
    const { format, dims } = this.plan.tensors[tensor]!;
    return bitsOf(format) * (box === undefined ? Object.values(dims).reduce((a, b) => a * b, 1) : volumeOf(box));
  }

  private isProduct(layer: string): boolean {
    return /^(conv|gemm|matmul|depthwise)/.test(this.plan.layers[layer]!.operator);
  }

  private inputNames(layer: string): string[] {
    const { operands } = this.plan.layers[layer]!;
    if (operands === undefined) return ['I', 'W'].map((operand) => this.plan.standard[layer]![operand]!);
    return Object.values(operands)
      .filter(({ role }) => role !== 'output')
      .map(({ tensor }) => tensor);
  }

  private coresFor(layer: string): CorePaths[] {
    return this.machine.cores.filter(({ vector }) => vector !== undefined || this.isProduct(layer));
  }
}
