import type { Loop, LoopNest, NestLevel } from 'tessera-sim';
import { product, type SizedLoop, type ZigzagCore, type ZigzagLayer, type ZigzagMapping } from './form.js';
import { localLevel } from './machine-document.js';

/**
 * The mapping as our loop nest: `dram` holds everything, `core0.l1` the tiles below the outermost memory, each operand cut at its own place;
 * loops further in are the core's own. A loop that the factors do not divide gets a smaller last share of the array.
 */
export function zigzagNest(core: ZigzagCore, layer: ZigzagLayer, mapping: ZigzagMapping): LoopNest {
  const order = temporalOrder(layer, mapping);
  const cuts = layer.operands.map((operand) => {
    const levels = mapping.temporal[operand.name]!.slice(0, localLevel(core, operand) + 1);
    return { operand: operand.name, cut: levels.reduce((all, loops) => all + loops.length, 0) };
  });
  const between = (from: number, to: number): Loop[] =>
    order
      .slice(from, to)
      .toReversed()
      .map(([loop, size]) => ({ loop, size, kind: 'temporal' }));
  const places = [...new Set(cuts.map(({ cut }) => cut))].toSorted((a, b) => b - a);
  const levels: NestLevel[] = [
    { storage: Object.fromEntries(cuts.map(({ operand }) => [operand, 'dram'])), loops: between(places[0]!, order.length) },
    ...places.map((place, index) => ({
      storage: Object.fromEntries(cuts.filter(({ cut }) => cut === place).map(({ operand }) => [operand, 'core0.l1'])),
      loops: between(places[index + 1] ?? 0, place),
    })),
    { storage: {}, loops: unrolled(layer, mapping, order) },
  ];
  return { levels };
}

/** All loops in time, innermost first: the same for every operand, which differ in where levels are cut alone. */
export function temporalOrder(layer: ZigzagLayer, mapping: ZigzagMapping): readonly SizedLoop[] {
  return mapping.temporal[layer.operands[0]!.name]!.flat();
}

function unrolled(layer: ZigzagLayer, mapping: ZigzagMapping, order: readonly SizedLoop[]): Loop[] {
  const factors = mapping.spatial[layer.operands[0]!.name]!.flat().filter(([, size]) => size > 1);
  return factors.map(([loop, given], index): Loop => {
    const others = product(factors.filter(([name], other) => name === loop && other !== index).map(([, size]) => Math.ceil(size)));
    const outer = product(order.filter(([name]) => name === loop).map(([, size]) => size)) * others;
    const size = Math.ceil(layer.loops[loop]! / outer);
    const last = layer.loops[loop]! - (outer - 1) * size;
    const base: Loop = { loop, size: Math.max(size, others > 1 ? Math.ceil(given) : 1), kind: 'spatial' };
    return others === 1 && last !== size && last >= 1 ? { ...base, last } : base;
  });
}
