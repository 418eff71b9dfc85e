import { extensionPoint, InputError, nameOfExtension, type ExtensionAccess, type ExtensionReference } from 'tessera-sim';

/** The node that a packet of `source` goes to. */
export type DestinationOf = (source: number) => number;

/** Sizes that the digit patterns need: nodes, and the radix and number of digits of a node's coordinates. */
export interface PatternShape {
  readonly nodes: number;
  readonly radix: number;
  readonly digits: number;
}

type PatternMaker = (shape: PatternShape, choose: (bound: number) => number, argument: string) => DestinationOf;

/** Definitions of Dally & Towles, table 3.1, as BookSim2 counts them (uniform includes the source itself). */
const makers: Readonly<Record<string, PatternMaker>> = {
  uniform:
    ({ nodes }, choose) =>
    () =>
      choose(nodes),
  transpose: (shape) => {
    const bits = evenBits(shape, 'transpose') / 2;
    const low = 2 ** bits - 1;
    return (source) => ((source & low) << bits) | (source >> bits);
  },
  bitcomp: (shape) => {
    const mask = 2 ** wholeBits(shape, 'bitcomp') - 1;
    return (source) => ~source & mask;
  },
  bitrev: (shape) => {
    const bits = wholeBits(shape, 'bitrev');
    return (source) => {
      let result = 0;
      for (let bit = 0; bit < bits; bit++) result |= ((source >> bit) & 1) << (bits - 1 - bit);
      return result;
    };
  },
  shuffle: (shape) => {
    const bits = wholeBits(shape, 'shuffle');
    return (source) => ((source << 1) & (2 ** bits - 1)) | (source >> (bits - 1));
  },
  tornado: (shape) => shiftDigits(shape, Math.ceil(shape.radix / 2) - 1),
  neighbor: (shape) => shiftDigits(shape, 1),
  asymmetric: ({ nodes }, choose) => {
    const half = Math.floor(nodes / 2);
    return (source) => (source % half) + half * choose(2);
  },
  diagonal:
    ({ nodes }, choose) =>
    (source) =>
      choose(3) === 0 ? (source + 1) % nodes : source,
  randperm: ({ nodes }, choose) => {
    const permutation = Array.from({ length: nodes }, (_, node) => node);
    for (let last = nodes - 1; last > 0; last--) {
      const other = choose(last + 1);
      [permutation[last], permutation[other]] = [permutation[other]!, permutation[last]!];
    }
    return (source) => permutation[source]!;
  },
  hotspot: ({ nodes }, choose, argument) => hotspot(nodes, choose, argument),
};

const aliases: Readonly<Record<string, string>> = {
  'bit-complement': 'bitcomp',
  'bit-reverse': 'bitrev',
  bitreverse: 'bitrev',
  bitcomplement: 'bitcomp',
  neighbour: 'neighbor',
  background: 'uniform',
};

export const patternNames: readonly string[] = Object.keys(makers);

/** Where plugins add patterns: who sends to whom, on a network of this shape. `choose(bound)` is the only source of chance. */
export const trafficPatterns = extensionPoint<(shape: PatternShape, choose: (bound: number) => number) => DestinationOf>('traffic.pattern');

/** Names that need no plugin, with or without an argument in brackets. */
export const PATTERN_NAMES = `^(${[...patternNames, ...Object.keys(aliases)].join('|')})(\\(.*\\))?$`;

/** The pattern that a scenario names: a built-in one, or a plugin's. */
export function chosenPattern(access: ExtensionAccess, reference: ExtensionReference, shape: PatternShape, choose: (bound: number) => number): DestinationOf {
  if (typeof reference === 'string' && new RegExp(PATTERN_NAMES, 'u').test(reference.trim())) return makePattern(reference, shape, choose);
  const destinationOf = access.extension(trafficPatterns, reference, { at: 'pattern' })(shape, choose);
  return (source) => {
    const node = destinationOf(source);
    if (Number.isInteger(node) && node >= 0 && node < shape.nodes) return node;
    throw new InputError({
      path: 'pattern',
      message: `pattern '${nameOfExtension(reference)}' sends from node ${source} to ${node}; there are ${shape.nodes} nodes`,
    });
  };
}

/** `name` or `name(argument)`, e.g. `hotspot({27})`, `hotspot({0,7},{1,3})` (nodes and their weights). */
export function makePattern(text: string, shape: PatternShape, choose: (bound: number) => number): DestinationOf {
  const match = /^([\w-]+)(?:\((.*)\))?$/.exec(text.trim());
  const name = match === null ? text : ((Object.hasOwn(aliases, match[1]!) ? aliases[match[1]!] : undefined) ?? match[1]!);
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (maker === undefined)
    throw new InputError({ path: 'traffic', message: `there is no traffic pattern '${text}'`, expected: `one of ${patternNames.join(', ')}` });
  const argument = match?.[2];
  if (argument !== undefined && name !== 'hotspot') {
    throw new InputError({ path: 'pattern', message: `pattern ${name} takes no argument, but stands with (${argument})`, expected: name });
  }
  return maker(shape, choose, argument ?? '');
}

function shiftDigits({ radix, digits }: PatternShape, shift: number): DestinationOf {
  return (source) => {
    let result = 0;
    for (let digit = 0, weight = 1; digit < digits; digit++, weight *= radix) result += weight * ((Math.floor(source / weight) + shift) % radix);
    return result;
  };
}

function hotspot(nodes: number, choose: (bound: number) => number, argument: string): DestinationOf {
  const lists = [...argument.matchAll(/\{([^}]*)\}/g)].map((list) => numbersOf(list[1]!));
  const targets = lists[0] ?? (argument.trim() === '' ? [nodes - 1] : numbersOf(argument));
  const weights = lists[1] ?? targets.map(() => 1);
  const bad = targets.find((node) => !Number.isInteger(node) || node < 0 || node >= nodes);
  if (bad !== undefined || weights.length !== targets.length || weights.some((weight) => !(Number.isInteger(weight) && weight > 0))) {
    throw new InputError({
      path: 'traffic',
      message: `hotspot(${argument}) does not name nodes of a network with ${nodes} nodes`,
      expected: 'hotspot({node,...}) or hotspot({node,...},{weight,...})',
    });
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (targets.length === 1) return () => targets[0]!;
  return () => {
    let draw = choose(total);
    let index = 0;
    while (draw >= weights[index]!) draw -= weights[index++]!;
    return targets[index]!;
  };
}

/** A place left empty is no number (`Number('')` is 0). */
function numbersOf(list: string): number[] {
  return list.split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
}

function wholeBits({ nodes }: PatternShape, name: string): number {
  const bits = Math.log2(nodes);
  if (!Number.isInteger(bits)) throw new InputError({ path: 'traffic', message: `pattern ${name} needs a power of two of nodes, got ${nodes}` });
  return bits;
}

function evenBits(shape: PatternShape, name: string): number {
  const bits = wholeBits(shape, name);
  if (bits % 2 !== 0) throw new InputError({ path: 'traffic', message: `pattern ${name} needs an even number of node address bits, got ${bits}` });
  return bits;
}
