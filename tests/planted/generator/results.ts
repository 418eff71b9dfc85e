import type { Access, Box, Write } from '../schedule-text.js';
import type { Draft } from './draft.js';
import type { CorePaths } from './machines.js';
import { operandBox, type Tiling } from './tiles.js';

/** The ways in which results of layers come home. */
export class Results {
  constructor(private readonly draft: Draft) {}

  spill(tensor: string, core: CorePaths, buffer: string, box: Box): void {
    const { random } = this.draft;
    const toBuffer = random.chance(30) ? this.draft.newBuffer(this.draft.machine.dram, this.draft.bits(tensor, box)) : undefined;
    const there: Access = { tensor, box, ...(toBuffer === undefined ? {} : { buffer: toBuffer }) };
    const here: Access = { buffer, tensor, box };
    this.draft.add({ kind: 'transfer', queue: core.dma, reads: [here], writes: [there], ...(random.chance(50) ? { releases: [{ buffer }] } : {}) });
    this.draft.add({ kind: 'transfer', queue: core.dma, reads: [there], writes: [random.chance(50) ? { buffer } : here] });
  }

  /** Where results of a core go, and how they come home. */
  placesOf(
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
    const { random, plan } = this.draft;
    const tensor = math.output.tensor;
    const bits = Math.max(...outputs.map((tile) => this.draft.bits(tensor, operandBox(plan, math, math.output, tile)!)));
    const way = random.pick(['alternate', 'alternate', 'fresh', 'gather', 'home']);
    if (way === 'alternate' && this.draft.machine.pim === undefined && plan.tensors[tensor]!.role !== 'input' && random.chance(8))
      plan.tensors[tensor]!.home = random.pick(this.draft.machine.cores).l1;
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
      const all = outputs.reduce((sum, tile) => sum + this.draft.bits(tensor, operandBox(plan, math, math.output, tile)!), 0);
      const buffer = this.draft.newBuffer(core.l1, all);
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
            this.draft.add({
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
    const buffers = Array.from({ length: count }, () => this.draft.newBuffer(core.l1, bits));
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
    const readers = Object.keys(this.draft.plan.layers).filter((layer) => this.draft.inputNames(layer).includes(tensor));
    return (
      this.draft.machine.cores.length === 1 &&
      this.draft.machine.pim === undefined &&
      this.draft.plan.tensors[tensor]!.role === 'intermediate' &&
      readers.length > 0 &&
      core.l1 !== ''
    );
  }
}
