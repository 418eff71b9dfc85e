import { InputError, nearestName } from 'tessera-sim';

/** A formula's parameter by name: integers, lines where nothing else is said. */
interface ParameterForm {
  readonly minimum?: number;
  readonly maximum?: number;
  /** Where it may be left out, what it is then. */
  readonly absent?: number;
  /** What it is, for the message when it is missing. */
  readonly means: string;
  /** A demand that no range expresses, and its words. */
  readonly holds?: (value: number) => boolean;
  readonly expected?: string;
}

type Values = Readonly<Record<string, unknown>>;

interface FormulaForm {
  readonly parameters: Readonly<Record<string, ParameterForm>>;
  /** What is senseless about values that are each in order, or undefined. */
  readonly contradiction?: (value: (name: string) => number) => { readonly name: string; readonly message: string; readonly expected: string } | undefined;
}

/** Far beyond any memory, and small enough that sums of a few stay exact. */
const MOST_LINES = 2 ** 40;
const base: ParameterForm = { absent: 0, means: 'the first line' };
const writes: ParameterForm = { absent: 0, maximum: 1, means: '1 for writes', expected: '0 (reads) or 1 (writes)' };
const atLeastOne = (means: string): ParameterForm => ({ minimum: 1, means });
const isPowerOfTwo = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

const gemmTile = (k: number): Readonly<Record<string, ParameterForm>> => ({
  [`r${k}`]: atLeastOne(`the rows of tile ${k}`),
  [`c${k}`]: atLeastOne(`the lines of a row of tile ${k}`),
  [`p${k}`]: atLeastOne(`the lines from row to row of tile ${k}`),
  [`b${k}`]: { absent: 0, means: `the first line of tile ${k}` },
  [`o${k}`]: { absent: 0, means: `the lines from period to period of tile ${k}` },
});

const FORMULAS: Readonly<Record<string, FormulaForm>> = {
  seq: { parameters: { base, wr: writes } },
  stride: {
    parameters: {
      base,
      s: atLeastOne('the lines from access to access'),
      m: atLeastOne('the lines of the region, after which the stride begins again'),
      wr: writes,
    },
    contradiction: (value) =>
      value('n') > 1 && value('s') % value('m') === 0
        ? { name: 's', message: `steps of ${value('s')} in a region of ${value('m')} lines never leave the first one`, expected: 'no multiple of `m`' }
        : undefined,
  },
  rand: {
    parameters: {
      base,
      seed: {
        minimum: 1,
        maximum: 2 ** 32 - 1,
        means: 'the state of the generator before the first access',
        expected: '1 to 4294967295 (xorshift stays at 0 for ever)',
      },
      m: { maximum: 2 ** 31, means: 'the lines of the region', holds: isPowerOfTwo, expected: 'a power of two up to 2147483648' },
      w: { absent: 0, maximum: 32, means: 'the writes among 32 accesses', expected: '0 to 32' },
    },
  },
  stream: {
    parameters: {
      base,
      nr: { absent: 0, maximum: 65536, means: 'the streams that read' },
      nw: { absent: 0, maximum: 65536, means: 'the streams that write' },
      d: atLeastOne('the lines from stream to stream'),
    },
    contradiction: (value) =>
      value('nr') + value('nw') === 0 ? { name: 'nr', message: 'there are no streams', expected: '`nr` and `nw` with a sum of 1 or more' } : undefined,
  },
  tile: {
    parameters: {
      base,
      r: atLeastOne('the rows of a tile'),
      c: atLeastOne('the lines of a tile row'),
      p: atLeastOne('the lines from tile row to tile row'),
      to: { means: 'the lines from tile to tile (0: the same one again)' },
      tr: { absent: 0, maximum: 1, means: '1 for column by column', expected: '0 (row by row) or 1 (column by column)' },
      wr: writes,
    },
  },
  wb: { parameters: { base, b: atLeastOne('the lines of a block'), d: { means: 'the lines from the block read to the one written (0: in place)' } } },
  gemm: { parameters: { ...gemmTile(1), ...gemmTile(2), ...gemmTile(3) } },
};

/** Names of the parameters of each formula, besides `n` and the driver's `ipc`, `burst`, `gap`. */
export const TRACE_PARAMETERS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(FORMULAS).map(([kind, { parameters }]) => [kind, Object.keys(parameters)]),
);

/** Names that stand beside the parameters of every formula. */
const COMMON = ['kind', 'n', 'ipc', 'burst', 'gap'];

/**
 * The values of a formula's parameters, those left out filled in. Throws InputError, at `path.NAME`, for one that is missing, unknown to the
 * formula, out of range or senseless beside the others; undefined for an unknown kind.
 */
export function traceValues(kind: string, given: Values, path = 'trace'): Readonly<Record<string, number>> | undefined {
  const formula = FORMULAS[kind];
  if (formula === undefined) return undefined;
  const forms: Readonly<Record<string, ParameterForm>> = { n: { minimum: 1, means: 'the number of accesses' }, ...formula.parameters };
  const problem = (name: string, message: string, expected: string) => new InputError([{ path: `${path}.${name}`, message, expected }]);
  for (const name of Object.keys(given)) {
    if (forms[name] !== undefined || COMMON.includes(name) || given[name] === undefined) continue;
    const nearest = nearestName(name, Object.keys(forms));
    throw problem(name, `means nothing to a trace of kind ${kind}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`, Object.keys(forms).join(', '));
  }
  const values = Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, valueOf(name, form, given[name], kind, problem)]));
  const wrong = formula.contradiction?.((name) => values[name]!);
  if (wrong !== undefined) throw problem(wrong.name, wrong.message, wrong.expected);
  return values;
}

function valueOf(
  name: string,
  { minimum = 0, maximum = MOST_LINES, absent, means, holds, expected }: ParameterForm,
  given: unknown,
  kind: string,
  problem: (name: string, message: string, expected: string) => InputError,
): number {
  const range = expected ?? `a whole number from ${minimum} to ${maximum}`;
  if (given === undefined) {
    if (absent !== undefined) return absent;
    throw problem(name, `\`${name}\` is missing: ${means} of a trace of kind ${kind}`, range);
  }
  const isRight = typeof given === 'number' && Number.isInteger(given) && given >= minimum && given <= maximum && holds?.(given) !== false;
  if (!isRight) throw problem(name, `\`${name}\`: ${JSON.stringify(given)} cannot be ${means}`, range);
  return given;
}
