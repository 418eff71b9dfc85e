import type { OperandMath } from '../interpreter/layer-math.js';
import type { Access, Box, Write } from '../schedule-text.js';
import type { Draft } from './draft.js';
import type { CorePaths } from './machines.js';
import { operandBox, type Tile, type Tiling } from './tiles.js';

/** Where a compute finds an operand; what has to be moved for it is moved. */
export type Source = (core: CorePaths, tile: Tile) => Access | undefined;

/** The ways in which inputs of layers get to the cores. */
export class Inputs {
  constructor(private readonly draft: Draft) {}

  /** For each input, how it gets to the cores. */
  of(layer: string, { math }: Tiling, cores: readonly CorePaths[], tiles: readonly Tile[], except?: string): Map<OperandMath, Source> {
    const sources = new Map<OperandMath, Source>();
    for (const operand of math.inputs) {
      if (operand.tensor === except) continue;
      const home = this.draft.plan.tensors[operand.tensor]!.home!;
      const way = this.draft.random.pick(['each', 'each', 'whole', 'whole', 'ring']);
      if (cores.every(({ l1 }) => l1 === home)) sources.set(operand, (_, tile) => this.access(math, operand, tile));
      else if (way === 'whole') sources.set(operand, this.wholeSource(math, operand, cores));
      else if (way === 'ring') sources.set(operand, this.ringSource(math, operand, cores, tiles));
      else sources.set(operand, this.eachSource(math, operand, cores, tiles));
    }
    if (layer === '') throw new Error('a layer has a name');
    return sources;
  }

  private access(math: Tiling['math'], operand: OperandMath, tile: Tile, buffer?: string): Access | undefined {
    const box = operandBox(this.draft.plan, math, operand, tile);
    return box === undefined ? undefined : { ...(buffer === undefined ? {} : { buffer }), tensor: operand.tensor, box, operand: operand.name };
  }

  /** All of the tensor, once; to all cores by one multicast or one by one, in one piece or in several. */
  private wholeSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[]): Source {
    const { random } = this.draft;
    const tensor = operand.tensor;
    const buffers = new Map(cores.map((core) => [core, this.draft.newBuffer(core.l1, this.draft.bits(tensor))]));
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
    const { random, plan } = this.draft;
    const participants = cores.map((core) => ({ queue: core.dma, buffer: buffers.get(core)! }));
    const algorithm = random.pick(['ring', 'direct', 'mesh', 'tree']);
    const [name, size] = Object.entries(plan.tensors[tensor]!.dims)[0]!;
    if (random.chance(50) || size < cores.length) {
      const root = random.between(0, cores.length - 1);
      this.draft.add({ kind: 'transfer', queue: cores[root]!.dma, reads: [{ tensor }], writes: [{ buffer: buffers.get(cores[root]!)!, mode: 'add' }] });
      this.draft.add({ kind: 'collective', queue: 'collectives', operator: 'broadcast', reads: [{ tensor }], participants, with: { algorithm, root } });
      return;
    }
    cores.forEach((core, c) => {
      const box: Box = { [name]: [Math.floor((c * size) / cores.length), Math.floor(((c + 1) * size) / cores.length)] };
      this.draft.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor, box }], writes: [{ buffer: buffers.get(core)!, mode: 'add' }] });
    });
    this.draft.add({ kind: 'collective', queue: 'collectives', operator: 'all-gather', reads: [{ tensor }], participants, with: { algorithm, along: name } });
  }

  private loadWhole(tensor: string, cores: readonly CorePaths[], buffers: ReadonlyMap<CorePaths, string>): void {
    const { random } = this.draft;
    const pieces = random.chance(30) ? this.halvesOf(tensor) : [undefined];
    const isMulticast = cores.length > 1 && random.chance(65);
    if (pieces.length > 1 && random.chance(35)) {
      // Both pieces in one transfer.
      const writes = (isMulticast ? cores : cores.slice(0, 1)).map((core): Write => ({ buffer: buffers.get(core)!, tensor, box: {} }));
      this.draft.add({ kind: 'transfer', queue: cores[0]!.dma, reads: pieces.map((box) => ({ tensor, box: box! })), writes });
      if (!isMulticast)
        for (const core of cores.slice(1)) this.draft.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor }], writes: [{ buffer: buffers.get(core)! }] });
    } else
      for (const box of pieces) {
        const read: Access = { tensor, ...(box === undefined ? {} : { box }) };
        const mode = pieces.length > 1 || random.chance(20) ? { mode: 'add' as const } : {};
        const writes = cores.map((core): Write => ({ buffer: buffers.get(core)!, ...mode }));
        if (isMulticast) this.draft.add({ kind: 'transfer', queue: random.pick(cores).dma, reads: [read], writes });
        else cores.forEach((core, c) => this.draft.add({ kind: 'transfer', queue: core.dma, reads: [read], writes: [writes[c]!] }));
      }
  }

  private halvesOf(tensor: string): Box[] {
    const { dims } = this.draft.plan.tensors[tensor]!;
    const [name, size] = this.draft.random.pick(Object.entries(dims));
    if (size < 2) return [{}];
    const middle = this.draft.random.between(1, size - 1);
    return [{ [name]: [0, middle] }, { [name]: [middle, size] }];
  }

  /** What a tile needs, into buffers that take turns. */
  private eachSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[], tiles: readonly Tile[]): Source {
    const { random, plan } = this.draft;
    const bits = Math.max(
      8,
      ...tiles.map((tile) => operandBox(plan, math, operand, tile)).map((box) => (box === undefined ? 0 : this.draft.bits(operand.tensor, box))),
    );
    const count = random.between(1, 2);
    const buffers = new Map(cores.map((core) => [core, Array.from({ length: count }, () => this.draft.newBuffer(core.l1, bits))]));
    // By way of a buffer in the DRAM, or in another core's memory.
    const via = random.pick([this.draft.machine.dram, random.pick(this.draft.machine.cores).l1]);
    const staging = random.chance(10) ? this.draft.newBuffer(via, bits) : undefined;
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
      const source: Access = { tensor: operand.tensor, box };
      if (!isThere && staging !== undefined) {
        this.draft.add({ kind: 'transfer', queue: core.dma, reads: [{ ...source }], writes: [{ buffer: staging }] });
        source.buffer = staging;
      }
      if (!isThere)
        this.draft.add({
          kind: 'transfer',
          queue: core.dma,
          reads: [source],
          writes: [random.chance(60) ? { buffer } : { buffer, tensor: operand.tensor, box }],
        });
      return { buffer, operand: operand.name, ...(random.chance(50) ? { tensor: operand.tensor, box } : random.chance(50) ? { tensor: operand.tensor } : {}) };
    };
  }

  /** A buffer of room for two tiles: loads join what is there, and each tile is released by its reader. */
  private ringSource(math: Tiling['math'], operand: OperandMath, cores: readonly CorePaths[], tiles: readonly Tile[]): Source {
    const { random, plan } = this.draft;
    const most = Math.max(
      8,
      ...tiles.map((tile) => operandBox(plan, math, operand, tile)).map((box) => (box === undefined ? 0 : this.draft.bits(operand.tensor, box))),
    );
    const buffers = new Map(cores.map((core) => [core, this.draft.newBuffer(core.l1, random.pick([most, 2 * most]))]));
    return (core, tile) => {
      const box = operandBox(plan, math, operand, tile);
      if (box === undefined) return undefined;
      const buffer = buffers.get(core)!;
      this.draft.add({ kind: 'transfer', queue: core.dma, reads: [{ tensor: operand.tensor, box }], writes: [{ buffer, mode: 'add' }] });
      const held: Access = { buffer, tensor: operand.tensor, box };
      this.draft.pendingReleases.push(held);
      return { ...held, operand: operand.name };
    };
  }

  load(sources: Map<OperandMath, Source>, core: CorePaths, tile: Tile): Access[] {
    return [...sources.values()].flatMap((source) => {
      const access = source(core, tile);
      return access === undefined ? [] : [access];
    });
  }
}
