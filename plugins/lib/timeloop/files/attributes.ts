import jsep, { type Expression } from 'jsep';
import { InputError } from 'tessera-sim';
import { isTable, type Table } from './yaml-file.js';

const LONGEST = 1024;
const MOST_NAMES_DEEP = 32;

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};
const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  ceil: Math.ceil,
  floor: Math.floor,
  round: Math.round,
  log2: Math.log2,
  sqrt: Math.sqrt,
};

/** Attributes of a component, those of its containers included; sums and products written as text are worked out. */
export class Attributes {
  constructor(
    private readonly tables: readonly Table[],
    private readonly path: string,
  ) {}

  within(own: unknown, path: string): Attributes {
    return new Attributes(isTable(own) ? [own, ...this.tables] : this.tables, path);
  }

  /** The value under the first of the names that is there, in either spelling. */
  raw(...names: string[]): unknown {
    for (const table of this.tables)
      for (const name of names) {
        const value = table[name] ?? table[name.replaceAll('_', '-')];
        if (value !== undefined && value !== null) return value;
      }
    return undefined;
  }

  /** Only of the component itself, not of a container. */
  own(name: string): unknown {
    return this.tables[0]?.[name] ?? this.tables[0]?.[name.replaceAll('_', '-')];
  }

  number(...names: string[]): number | undefined {
    const value = this.raw(...names);
    return value === undefined ? undefined : this.evaluated(value, names[0]!, 0);
  }

  private evaluated(value: unknown, name: string, depth: number): number | undefined {
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (typeof value !== 'string' || depth > MOST_NAMES_DEEP) return undefined;
    const text = value.trim();
    if (/^-?(inf|infinity)$/i.test(text) || text === '') return undefined;
    if (text.length > LONGEST) throw this.bad(name, 'the expression is too long', `at most ${LONGEST} characters`);
    let tree: Expression;
    try {
      tree = jsep(text.replaceAll('**', '^'));
    } catch {
      throw this.bad(name, `'${text.slice(0, 60)}' is no number and no expression`, 'a number, or + - * / ** of numbers and attributes');
    }
    return this.walk(tree, name, text, depth);
  }

  private walk(node: Expression, name: string, text: string, depth: number): number {
    const fail = (what: string): InputError =>
      this.bad(name, `'${text.slice(0, 60)}': ${what}`, 'numbers, attributes, + - * / % **, min, max, ceil, floor, round, log2, sqrt');
    switch (node.type) {
      case 'Literal':
        if (typeof node['value'] === 'number') return node['value'];
        throw fail('a text');
      case 'Identifier': {
        const value = this.evaluated(this.raw(String(node['name'])), name, depth + 1);
        if (value === undefined) throw fail(`the attribute '${String(node['name'])}' is no number here`);
        return value;
      }
      case 'UnaryExpression':
        if (node['operator'] !== '-') throw fail(`operator ${String(node['operator'])}`);
        return -this.walk(node['argument'] as Expression, name, text, depth);
      case 'BinaryExpression': {
        const operator = BINARY[node['operator'] === '^' ? '**' : String(node['operator'])];
        if (operator === undefined) throw fail(`operator ${String(node['operator'])}`);
        return operator(this.walk(node['left'] as Expression, name, text, depth), this.walk(node['right'] as Expression, name, text, depth));
      }
      case 'CallExpression': {
        const callee = String((node['callee'] as Expression)['name']);
        if (!Object.hasOwn(FUNCTIONS, callee)) throw fail(`function ${callee}`);
        return FUNCTIONS[callee]!(...(node['arguments'] as Expression[]).map((argument) => this.walk(argument, name, text, depth)));
      }
      default:
        throw fail('this is not allowed');
    }
  }

  private bad(name: string, message: string, expected: string): InputError {
    return new InputError({ path: `${this.path}.${name}`, message, expected });
  }
}
