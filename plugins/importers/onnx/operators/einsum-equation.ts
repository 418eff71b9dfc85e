import type { NodeContext } from '../node-context.js';
import type { Value } from '../value.js';

/** An equation without ellipsis: a letter for each dimension (digits for those that `...` stood for). */
export interface Equation {
  readonly inputs: readonly string[];
  readonly output: string;
  /** Size by letter. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads and checks an equation; one that could mean two things is refused. */
export function readEquation(context: NodeContext, values: readonly Value[]): Equation {
  const text = context.attributes.string('equation', '').replaceAll(/\s/g, '');
  const refuse = (reason: string, expected = "terms of letters, for example 'bij,bjk->bik'"): never => {
    throw context.fail(`equation '${text}': ${reason}`, expected);
  };
  const sides = text.split('->');
  if (sides.length > 2) refuse('it has more than one arrow', 'one arrow, or none');
  const [left = '', right] = sides;
  const terms = left.split(',');
  for (const term of [...terms, ...(right === undefined ? [] : [right])])
    if (!/^[A-Za-z]*(?:\.\.\.)?[A-Za-z]*$/.test(term)) refuse(`'${term}' is no term`, "letters, and '...' at most once");
  if (terms.length !== values.length) refuse(`it has ${terms.length} terms for ${values.length} inputs`);
  const letters = [...left].filter((letter) => /[A-Za-z]/.test(letter));
  const once = [...new Set(letters)].filter((letter) => letters.filter((other) => other === letter).length === 1).sort();
  const output = right ?? (left.includes('...') ? '...' : '') + once.join('');
  const twice = [...output].find((letter, index) => letter !== '.' && output.indexOf(letter) !== index);
  if (twice !== undefined) refuse(`'${twice}' stands twice in the output`, 'each letter of the output once');
  const unknown = [...output].find((letter) => letter !== '.' && !letters.includes(letter));
  if (unknown !== undefined) refuse(`'${unknown}' of the output is in no input`, `letters of ${terms.join(', ')}`);
  if (output.includes('...') && !left.includes('...')) refuse("'...' of the output is in no input");
  const full = withoutEllipsis(context, terms, output, values);
  return { ...full, sizes: letterSizes(context, full.inputs, values) };
}

/** `...` stands for as many leading dimensions as are left over; digits are free as letters for them. */
function withoutEllipsis(context: NodeContext, terms: readonly string[], output: string, values: readonly Value[]): Omit<Equation, 'sizes'> {
  const extra = terms.map((letters, index) => (letters.includes('...') ? values[index]!.shape.length - letters.length + 3 : 0));
  const most = Math.max(0, ...extra);
  if (most > 10) throw context.fail(`'...' stands for ${most} dimensions`, 'at most 10');
  if (most > 0 && !output.includes('...')) throw context.fail(`'...' stands for ${most} dimensions that the output leaves out`, "'...' in the output too");
  const digits = '0123456789'.slice(0, most);
  const inputs = terms.map((letters, index) => letters.replace('...', digits.slice(most - Math.max(0, extra[index]!))));
  inputs.forEach((letters, index) => {
    if (letters.length !== values[index]!.shape.length)
      throw context.fail(
        `'${terms[index]}' names ${terms[index]!.replace('...', '').length} dimensions of '${values[index]!.name}' [${values[index]!.shape.join(', ')}]`,
        'as many letters as dimensions',
      );
  });
  return { inputs, output: output.replace('...', digits) };
}

function letterSizes(context: NodeContext, inputs: readonly string[], values: readonly Value[]): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((letters, index) => {
    [...letters].forEach((letter, d) => {
      const size = values[index]!.shape[d]!;
      const known = sizes.get(letter) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) throw context.fail(`'${letter}' is ${known} and ${size}`, 'one size for each letter');
      sizes.set(letter, known === 1 ? size : known);
    });
  });
  return sizes;
}
