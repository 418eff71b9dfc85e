import { wholeBox, type Box, type Sizes } from '../../workload/box.js';
import type { Layer, Operand, Workload } from '../../workload/layer.js';
import { averageBits, formatsOf } from '../../workload/number-format.js';
import { tensorOf } from '../../workload/operands.js';
import { loopRelevance } from '../relevance.js';
import { operandBox } from '../operand-access.js';

/** Loops and tensor dimensions that belong together: the dimensions' ranges follow from these loops and from no others. */
export interface OperandGroup {
  readonly loops: readonly string[];
  readonly dims: readonly string[];
}

/** An operand as a nest sees it. A mapper that looks through views or folds layers makes its own. */
export interface NestOperand {
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  /** Bits of one element in memory. */
  readonly storedBits: number;
  /** Region of the tensor that a tile of the layer's loops touches; may be empty. */
  region(tile: Box): Box;
  /** Disjoint; loops in none of them do not concern the operand. One group with all is always right, several are faster. */
  readonly groups: readonly OperandGroup[];
}

/** The operands of a layer by their index maps. */
export function nestOperands(workload: Workload, layer: Layer): NestOperand[] {
  const formats = formatsOf(workload);
  return layer.operands.map((operand) => ({
    name: operand.name,
    tensor: operand.tensor,
    role: operand.role,
    storedBits: averageBits(formats.get(operand.format)),
    region: (tile) => operandBox(workload, layer, operand, tile),
    groups: groupsOf(layer, operand, tensorOf(workload, operand).dims),
  }));
}

function groupsOf(layer: Layer, operand: Operand, dims: Sizes): OperandGroup[] {
  const { map } = operand;
  if (map.kind === 'reshape') {
    const relevant = Object.keys(layer.loops).filter((loop) => loopRelevance(layer, operand, loop) !== 'irrelevant');
    return [{ loops: relevant, dims: Object.keys(dims) }];
  }
  let groups: OperandGroup[] = [];
  for (const dim of Object.keys(dims)) {
    const used = map.expressions.filter((expression) => expression.dim === dim).flatMap(({ terms }) => terms.map(({ loop }) => loop));
    const loops = [...new Set(used)].filter((loop) => loop in layer.loops);
    const sharing = groups.filter((group) => group.loops.some((loop) => loops.includes(loop)));
    const joined = {
      loops: [...new Set([...sharing.flatMap((group) => group.loops), ...loops])],
      dims: [...sharing.flatMap((group) => group.dims), dim],
    };
    groups = [...groups.filter((group) => !sharing.includes(group)), joined];
  }
  return groups;
}

/** Loops that concern the operand. */
export function concerns(operand: NestOperand): ReadonlySet<string> {
  return new Set(operand.groups.flatMap(({ loops }) => loops));
}

/** The operand's dimensions of one group, for ranges of its loops (others whole). */
export function groupRegion(operand: NestOperand, group: OperandGroup, sizes: Sizes, tile: Box): Box {
  const region = operand.region({ ...wholeBox(sizes), ...tile });
  return Object.fromEntries(group.dims.map((dim) => [dim, region[dim]!]));
}
