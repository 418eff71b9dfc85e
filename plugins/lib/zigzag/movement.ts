import { fourWay, product, roundEven, type FourWay, type LevelLoops, type ZigzagLayer, type ZigzagOperand, type ZigzagRules } from './form.js';
import { operandElements, splitLoops } from './relevancy.js';
import type { TemporalLevels } from './temporal.js';
import { unrollingOf, type Unrolling } from './unrolling.js';

/** What moves between a memory level and its neighbours, per replica and period. Zero where nothing does. */
export interface LevelMovement {
  /** Bits of an element. */
  readonly bits: FourWay;
  readonly periodCycles: FourWay;
  readonly periods: FourWay;
  readonly elements: FourWay;
  /** Cycles of the last pass over the tile, in which a memory that holds one tile alone may be refilled. */
  readonly lastPassCycles: FourWay;
  /** Mean bits a cycle. */
  readonly meanBits: FourWay;
}

/** Data of one operand under one mapping. Level 0 of `tileBits` is the array, level n + 1 the memory level n. */
export interface OperandMovement {
  readonly operand: ZigzagOperand;
  readonly isOutput: boolean;
  readonly unrolling: Unrolling;
  readonly tileElements: readonly number[];
  readonly tileBits: readonly number[];
  /** Tile without the relevant loops at its top: what must be there at once. */
  readonly residentBits: readonly number[];
  readonly levels: readonly LevelMovement[];
}

const ZERO = fourWay(() => 0);

export function movementOf(layer: ZigzagLayer, operand: ZigzagOperand, temporal: TemporalLevels, spatial: LevelLoops, rules: ZigzagRules): OperandMovement {
  const isOutput = operand === layer.operands[0];
  const unrolling = unrollingOf(layer, operand, spatial, rules);
  const levelCount = temporal.levels.length;
  const partial = isOutput ? partialSums(layer, operand, temporal, spatial) : undefined;
  const tileElements = tileSizes(layer, operand, temporal, spatial);
  const precision = (level: number): number => layer.precision[isOutput && !partial!.flags[level] ? 'O_final' : isOutput ? 'O' : operand.name]!;
  const tileBits = tileElements.map((elements, level) => elements * precision(level));
  const cycles = [isOutput || !rules.heldInputs ? 1 : temporal.heldCycles, ...temporal.periods];
  const boost = [...unrolling.boost, 1];
  const upward = (level: number, below: boolean): LinkFigures => {
    const index = below ? level : level + 1;
    return {
      cycles: cycles[index]!,
      periods: Math.floor(temporal.totalCycles / cycles[index]!),
      elements: tileElements[index]! * (below ? boost[index]! : 1),
      meanBits: ((tileElements[index]! * precision(index)) / cycles[index]!) * (below ? boost[index]! : 1),
    };
  };
  const levels = Array.from({ length: levelCount }, (_, level): LevelMovement => {
    const low = upward(level, true);
    const high = level === levelCount - 1 ? undefined : upward(level, false);
    const links = isOutput ? outputLinks(low, high, partial!.flags, level) : { rd_out_to_low: low, wr_in_by_high: high };
    const bits = isOutput ? outputBits(layer, partial!, level, high !== undefined) : inputBits(layer.precision[operand.name]!, high !== undefined);
    return levelMovement(links, bits, temporal.topIrrelevant, level);
  });
  return {
    operand,
    isOutput,
    unrolling,
    tileElements,
    tileBits,
    residentBits: tileBits.map((size, level) => Math.floor(size / temporal.topRelevant[level]!)),
    levels,
  };
}

interface LinkFigures {
  readonly cycles: number;
  readonly periods: number;
  readonly elements: number;
  readonly meanBits: number;
}

type Links = Partial<Record<keyof FourWay, LinkFigures | undefined>>;

function levelMovement(links: Links, bits: FourWay, topIrrelevant: readonly number[], level: number): LevelMovement {
  const of = (figure: keyof LinkFigures): FourWay => fourWay((direction) => links[direction]?.[figure] ?? 0);
  const periodCycles = of('cycles');
  return {
    bits,
    periodCycles,
    periods: of('periods'),
    elements: of('elements'),
    meanBits: fourWay((direction) => Math.trunc(links[direction]?.meanBits ?? 0)),
    lastPassCycles: fourWay((direction) => Math.trunc(periodCycles[direction] / topIrrelevant[direction.endsWith('low') ? level : level + 1]!)),
  };
}

function inputBits(bits: number, above: boolean): FourWay {
  return { ...ZERO, rd_out_to_low: bits, wr_in_by_high: above ? bits : 0 };
}

/** Sums go up, and come back down while they are not finished. */
function outputLinks(low: LinkFigures, high: LinkFigures | undefined, flags: readonly boolean[], level: number): Links {
  return {
    wr_in_by_low: low,
    rd_out_to_low: flags[level] ? low : undefined,
    rd_out_to_high: high,
    wr_in_by_high: flags[level + 1] ? high : undefined,
  };
}

function outputBits(layer: ZigzagLayer, partial: PartialSums, level: number, above: boolean): FourWay {
  const { O: open, O_final: finished } = layer.precision as { O: number; O_final: number };
  const comesBack = partial.returned(level) !== 0;
  const comesFromAbove = partial.returned(level + 1) !== 0;
  return {
    rd_out_to_low: comesBack ? open : 0,
    wr_in_by_low: comesBack ? open : finished,
    wr_in_by_high: above && comesFromAbove ? open : 0,
    rd_out_to_high: above ? (comesFromAbove ? open : finished) : 0,
  };
}

interface PartialSums {
  /** Whether a level (0 the array) holds sums that are not finished. */
  readonly flags: readonly boolean[];
  /** Elements that a memory level sends back down to be added to. */
  returned(level: number): number;
}

function partialSums(layer: ZigzagLayer, operand: ZigzagOperand, temporal: TemporalLevels, spatial: LevelLoops): PartialSums {
  // Level by level: temporal loops of the memory below, then what is unrolled there.
  const joint = spatial.map((unrolled, level) => [...(level === 0 ? [] : temporal.levels[level - 1]!), ...unrolled]);
  const split = splitLoops(layer, operand, joint);
  const reduces = split.map((loops) => loops.some(({ reuse }) => reuse > 1));
  const reuse = split.map((loops) => product(loops.map((loop) => loop.reuse)));
  const elements = operandElements(layer, operand);
  return {
    flags: [...split.map((_, level) => reduces.slice(level + 1).some(Boolean)), false],
    returned: (level) => Math.trunc(elements * (product(reuse.slice(level + 1)) - 1)),
  };
}

/** Elements that one replica holds at each level: loops of the level and all below, and what is unrolled below it. */
function tileSizes(layer: ZigzagLayer, operand: ZigzagOperand, temporal: TemporalLevels, spatial: LevelLoops): number[] {
  const joint = Array.from({ length: temporal.levels.length + 1 }, (_, level) => (level === 0 ? [] : [...temporal.levels[level - 1]!, ...spatial[level - 1]!]));
  const data = splitLoops(layer, operand, joint).map((loops) => product(loops.map((loop) => loop.data)));
  return data.map((_, level) => roundEven(product(data.slice(0, level + 1))));
}
