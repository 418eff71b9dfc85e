import jsep, { type Expression } from 'jsep';
import { InputError } from '../../errors.js';
import { LIMITS } from '../../limits.js';

/** A compiled integer expression over loop indices. */
export type IndexExpression = (indices: Readonly<Record<string, number>>) => number;

type Operator = (a: number, b: number) => number;

/** Division rounds down, as tile arithmetic wants it. */
const BINARY: Readonly<Record<string, Operator>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.floor(a / b),
  '%': (a, b) => a - b * Math.floor(a / b),
};

const FUNCTIONS: Readonly<Record<string, Operator>> = { min: Math.min, max: Math.max };

/** Compiles `4 * t + min(2, u % 2)`; InputError for anything else than + - * / %, min, max, integers and known indices. */
export function compileExpression(text: string, names: readonly string[], where: string): IndexExpression {
  const fail = (message: string): never => {
    throw new InputError({
      path: where,
      message: `expression '${text.length > 80 ? `${text.slice(0, 77)}...` : text}': ${message}`,
      expected: `integers, ${[...names, 'min', 'max'].join(', ')} and + - * / %`,
    });
  };
  if (text.length > LIMITS.expressionCharacters) fail(`is longer than ${LIMITS.expressionCharacters} characters`);
  let tree: Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  return compileNode(tree, names, fail);
}

function compileNode(node: Expression, names: readonly string[], fail: (message: string) => never): IndexExpression {
  switch (node.type) {
    case 'Literal': {
      const value = node['value'];
      if (typeof value !== 'number' || !Number.isFinite(value)) return fail(`'${String(value)}' is not a number`);
      return () => value;
    }
    case 'Identifier': {
      const name = String(node['name']);
      if (!names.includes(name)) return fail(`unknown index '${name}'`);
      return (indices) => indices[name] ?? NaN;
    }
    case 'UnaryExpression': {
      if (node['operator'] !== '-') return fail(`operator '${String(node['operator'])}'`);
      const inner = compileNode(node['argument'] as Expression, names, fail);
      return (indices) => -inner(indices);
    }
    case 'BinaryExpression':
      return combine(BINARY, String(node['operator']), [node['left'], node['right']] as Expression[], names, fail);
    case 'CallExpression': {
      const callee = node['callee'] as Expression;
      return combine(FUNCTIONS, String(callee['name']), node['arguments'] as Expression[], names, fail);
    }
    default:
      return fail(`'${node.type}' is not allowed`);
  }
}

function combine(
  table: Readonly<Record<string, Operator>>,
  operator: string,
  parts: readonly Expression[],
  names: readonly string[],
  fail: (message: string) => never,
): IndexExpression {
  const apply = Object.hasOwn(table, operator) ? table[operator] : undefined;
  if (apply === undefined) return fail(`operator '${operator}'`);
  const [left, right] = parts;
  if (left === undefined || right === undefined || parts.length !== 2) return fail(`'${operator}' takes two operands`);
  const [a, b] = [compileNode(left, names, fail), compileNode(right, names, fail)];
  if (operator !== '/' && operator !== '%') return (indices) => apply(a(indices), b(indices));
  return (indices) => {
    const divisor = b(indices);
    return divisor === 0 ? fail('divides by zero') : apply(a(indices), divisor);
  };
}
