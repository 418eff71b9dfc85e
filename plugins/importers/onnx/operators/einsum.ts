import type { RegionMap } from 'tessera-sim';
import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { readEquation, type Equation } from './einsum-equation.js';
import { along, indexMap } from './maps.js';

/** A tensor under letters. */
interface Term {
  readonly value: Value;
  readonly letters: string;
}

/**
 * Each letter is a loop, named by who uses it: batch and groups by all, rows by the first, columns by the second, `C` summed. More
 * than two factors are multiplied from the left, two at a time, each product summed over what nobody needs any more.
 */
const einsum: OperatorReader = (context) => {
  const values = context.inputs();
  const equation = readEquation(context, values);
  const terms = values.map((value, index): Term => ({ value, letters: equation.inputs[index]! }));
  const last = Math.max(1, terms.length - 1);
  let left = terms[0]!;
  for (let step = 1; step < last; step++) {
    const later = equation.output + equation.inputs.slice(step + 1).join('');
    const kept = [...new Set(left.letters + terms[step]!.letters)].filter((letter) => later.includes(letter)).join('');
    left = emitProduct(context, equation, [left, terms[step]!], kept, step);
  }
  emitProduct(context, equation, terms.length === 1 ? [left] : [left, terms[last]!], equation.output, undefined);
};

/** One product of at most two factors, into the node's output or (with its number) into a tensor between two of them. */
function emitProduct(context: NodeContext, { sizes }: Equation, factors: readonly Term[], output: string, step: number | undefined): Term {
  const inputs = factors.map(({ letters }) => letters);
  const loops = nameLetters(inputs, output);
  const shape = [...output].map((letter) => sizes.get(letter)!);
  const names = [...output].map((letter) => dimName(loops.get(letter)!));
  const type = factors[0]?.value.type ?? 1;
  const isKnown = factors.every(({ value }) => value.constant);
  const made = step === undefined ? context.define(0, shape, type, names) : context.internal(`product${step}`, shape, type, names);
  const result = isKnown ? { ...made, constant: true } : made;
  const map = ({ value, letters }: Term): RegionMap =>
    indexMap(
      context
        .dims(
          value,
          [...letters].map((letter) => dimName(loops.get(letter)!)),
        )
        .map((dim, d) => {
          const letter = letters[d]!;
          return value.shape[d] === 1 && sizes.get(letter) !== 1 ? { dim, terms: [] } : along(dim, loops.get(letter)!);
        }),
    );
  const order = [...output, ...[...new Set(inputs.join(''))].filter((letter) => !output.includes(letter))];
  context.emit({
    operator: 'einsum',
    class: factors.length > 1 ? 'mac' : 'vector',
    ...(step === undefined ? {} : { suffix: `product${step}` }),
    loops: Object.fromEntries(order.map((letter) => [loops.get(letter)!, sizes.get(letter)!])),
    operands: [
      ...factors.map((factor) => ({ value: factor.value, map: map(factor) })),
      { name: 'O', value: result, output: true, map: map({ value: result, letters: output }) },
    ],
    opsPerPoint: factors.length > 1 ? 2 : 1,
    attributes: { equation: `${inputs.join(',')}->${output}` },
  });
  return { value: result, letters: output };
}

function dimName(loop: string): string {
  return loop === 'K' ? 'C' : loop === 'C' ? 'R' : loop.startsWith('O') ? loop.slice(1) : loop;
}

function nameLetters(inputs: readonly string[], output: string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const name = (letter: string, choices: readonly string[]): void => {
    let chosen = choices.find((choice) => !taken.has(choice));
    for (let number = 2; chosen === undefined; number++) if (!taken.has(`${choices[0]}${number}`)) chosen = `${choices[0]}${number}`;
    taken.add(chosen);
    names.set(letter, chosen);
  };
  for (const letter of new Set([...output, ...inputs.join('')])) {
    const inFirst = inputs[0]!.includes(letter);
    const inOther = inputs.slice(1).some((letters) => letters.includes(letter));
    if (!output.includes(letter)) name(letter, ['C', 'FY', 'FX']);
    else if (inFirst && inOther) name(letter, ['B', 'G']);
    else name(letter, inFirst ? ['OY', 'OX'] : ['K']);
  }
  return names;
}

export const EINSUM: Readonly<Record<string, OperatorReader>> = { Einsum: einsum };
