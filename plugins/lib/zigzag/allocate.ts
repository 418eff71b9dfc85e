import {
  ZIGZAG_3,
  type LevelLoops,
  type SizedLoop,
  type ZigzagCore,
  type ZigzagLayer,
  type ZigzagMemory,
  type ZigzagOperand,
  type ZigzagRules,
} from './form.js';
import { memoriesOf } from './buffers.js';
import { relatedSize, relevance } from './relevancy.js';

/**
 * Cuts one order of loops into memory levels, memory by memory from the innermost on: of the ways that fit, the one that reads least from
 * above. Undefined when the outermost memory is too small. (LOMA: Symons et al., AICAS 2021.)
 */
export function allocateLoops(
  core: ZigzagCore,
  layer: ZigzagLayer,
  spatial: Readonly<Record<string, LevelLoops>>,
  order: readonly SizedLoop[],
  rules: ZigzagRules = ZIGZAG_3,
): Record<string, SizedLoop[][]> | undefined {
  const states = layer.operands.map((operand) => new OperandState(core, layer, operand, spatial[operand.name]!, order, rules));
  for (const memory of core.memories) {
    const here = memory.operands.flatMap((name) => states.filter(({ operand }) => operand.memoryOperand === name));
    const choices = here.map((state) => state.choices(memory));
    if (choices.some((list) => list.length === 0)) return undefined;
    const best = cheapest(choices, memory.sizeBits);
    for (const [index, state] of here.entries()) if (!state.take(best === undefined ? 0 : choices[index]![best[index]!]!.count, memory)) return undefined;
  }
  return Object.fromEntries(states.map((state) => [state.operand.name, state.levels]));
}

interface Choice {
  /** Loops taken. */
  readonly count: number;
  readonly bits: number;
  readonly accesses: number;
}

/** Of equals the last, as the tool does. Undefined: nothing fits together. */
function cheapest(choices: readonly (readonly Choice[])[], sizeBits: number): number[] | undefined {
  const picked = choices.map(() => 0);
  let best: number[] | undefined;
  let least = Infinity;
  for (;;) {
    let bits = 0;
    let accesses = 0;
    picked.forEach((choice, index) => {
      bits += choices[index]![choice]!.bits;
      accesses += choices[index]![choice]!.accesses;
    });
    if (bits <= sizeBits && accesses <= least) {
      least = accesses;
      best = [...picked];
    }
    let place = picked.length - 1;
    while (place >= 0 && ++picked[place]! === choices[place]!.length) picked[place--] = 0;
    if (place < 0) return best;
  }
}

class OperandState {
  readonly levels: SizedLoop[][] = [];
  private readonly sizes = new Map<string, number>();
  private rest: readonly SizedLoop[];
  private readonly top: ZigzagMemory | undefined;

  constructor(
    core: ZigzagCore,
    private readonly layer: ZigzagLayer,
    readonly operand: ZigzagOperand,
    private readonly spatial: LevelLoops,
    order: readonly SizedLoop[],
    private readonly rules: ZigzagRules,
  ) {
    this.rest = order;
    this.top = memoriesOf(core, operand.memoryOperand).at(-1);
    this.grow(spatial[0] ?? []);
  }

  choices(memory: ZigzagMemory): Choice[] {
    const bits = this.bits();
    const found: Choice[] = [];
    const sizes = new Map(this.sizes);
    for (let count = 0; count <= this.rest.length; count++) {
      if (count > 0) multiply(sizes, this.rest[count - 1]!);
      const size = this.elements(sizes) * bits;
      if (size > memory.sizeBits) break;
      const left = this.rest.slice(count).reduce((all, [, steps]) => all * steps, 1);
      found.push({ count, bits: size, accesses: memory === this.top ? 0 : left * size });
    }
    // The outermost memory must take what is left.
    return memory === this.top ? found.slice(-1) : found;
  }

  /** False when the outermost memory has not taken everything. */
  take(count: number, memory: ZigzagMemory): boolean {
    const taken = this.rest.slice(0, count);
    this.rest = this.rest.slice(count);
    this.grow(taken);
    this.levels.push(taken);
    this.grow(this.spatial[this.levels.length] ?? []);
    return memory !== this.top || this.rest.length === 0;
  }

  private grow(loops: readonly SizedLoop[]): void {
    for (const loop of loops) multiply(this.sizes, loop);
  }

  /** Sums are narrow where no reduction is left outside. */
  private bits(): number {
    if (this.operand !== this.layer.operands[0]) return this.layer.precision[this.operand.name]!;
    const open = this.rest.some(([loop]) => relevance(this.layer, this.operand, loop) === 'irrelevant');
    return this.layer.precision[open ? 'O' : 'O_final']!;
  }

  private elements(sizes: ReadonlyMap<string, number>): number {
    const up = this.rules.tiles === 'up';
    const size = (loop: string): number => (up ? Math.ceil(sizes.get(loop) ?? 1) : (sizes.get(loop) ?? 1));
    const whole = (loop: string): number => Math.trunc(size(loop) + 1e-9);
    return this.operand.dims.reduce(
      (all, dim) => all * (this.layer.relations.some((relation) => relation.dim === dim) ? relatedSize(this.layer, dim, whole) : size(dim)),
      1,
    );
  }
}

function multiply(sizes: Map<string, number>, [loop, size]: SizedLoop): void {
  sizes.set(loop, (sizes.get(loop) ?? 1) * size);
}
