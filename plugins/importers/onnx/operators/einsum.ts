import type { NodeContext, OperatorReader } from '../node-context.js';
import type { Value } from '../value.js';
import { along, indexMap } from './maps.js';

interface Equation {
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Each letter is a loop, named by who uses it: batch and groups by all, rows by the first, columns by the second, `C` summed. */
const einsum: OperatorReader = (context) => {
  const values = context.inputs();
  const { inputs, output } = parse(context, context.attributes.string('equation', ''), values);
  const sizes = letterSizes(context, inputs, values);
  const loops = nameLetters(inputs, output);
  const result = context.define(
    0,
    [...output].map((letter) => sizes.get(letter)!),
    values[0]?.type ?? 1,
    [...output].map((letter) => dimName(loops.get(letter)!)),
  );
  const order = [...output, ...[...sizes.keys()].filter((letter) => !output.includes(letter))];
  const map = (letters: string, value: Value) =>
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
  const operands = values.map((value, index) => ({ value, map: map(inputs[index]!, value) }));
  context.emit({
    operator: 'einsum',
    class: values.length > 1 ? 'mac' : 'vector',
    loops: Object.fromEntries(order.map((letter) => [loops.get(letter)!, sizes.get(letter)!])),
    operands: [...operands, { name: 'O', value: result, output: true, map: map(output, result) }],
    opsPerPoint: Math.max(1, 2 * (values.length - 1)),
    attributes: { equation: context.attributes.string('equation', '') },
  });
};

function dimName(loop: string): string {
  return loop === 'K' ? 'C' : loop === 'C' ? 'R' : loop.startsWith('O') ? loop.slice(1) : loop;
}

function parse(context: NodeContext, text: string, values: readonly Value[]): Equation {
  const [left = '', right] = text.replaceAll(/\s/g, '').split('->');
  const inputs = left.split(',');
  if (inputs.length !== values.length || !/^[A-Za-z.,]+$/.test(left))
    throw context.fail(`equation '${text}' for ${values.length} inputs`, "letters, for example 'bij,bjk->bik'");
  const letters = [...left].filter((letter) => /[A-Za-z]/.test(letter));
  const once = [...new Set(letters)].filter((letter) => letters.filter((other) => other === letter).length === 1).sort();
  const implicit = (left.includes('...') ? '...' : '') + once.join('');
  return withoutEllipsis(context, inputs, right ?? implicit, values);
}

/** `...` stands for as many leading dimensions as are left over; digits are free as letters for them. */
function withoutEllipsis(context: NodeContext, inputs: readonly string[], output: string, values: readonly Value[]): Equation {
  const extra = inputs.map((letters, index) => (letters.includes('...') ? values[index]!.shape.length - letters.length + 3 : 0));
  const most = Math.max(0, ...extra);
  const digits = '0123456789'.slice(0, most);
  const full = inputs.map((letters, index) => letters.replace('...', digits.slice(most - extra[index]!)));
  full.forEach((letters, index) => {
    if (letters.length !== values[index]!.shape.length)
      throw context.fail(`'${inputs[index]}' names ${letters.length} dimensions of '${values[index]!.name}' [${values[index]!.shape.join(', ')}]`);
  });
  return { inputs: full, output: output.replace('...', digits) };
}

function letterSizes(context: NodeContext, inputs: readonly string[], values: readonly Value[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((letters, index) => {
    [...letters].forEach((letter, d) => {
      const size = values[index]!.shape[d]!;
      const known = sizes.get(letter) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) throw context.fail(`'${letter}' is ${known} and ${size}`, 'one size for each letter');
      sizes.set(letter, Math.max(known, size));
    });
  });
  return sizes;
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
