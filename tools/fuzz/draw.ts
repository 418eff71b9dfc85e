/* eslint-disable unicorn/no-useless-spread -- one line a kind of value, which the formatter would otherwise put one below the other */
import { RandomStream } from '../../core/kernel/random.js';

/** Choices of one case: the same seed and number always make the same ones. */
export class Draw {
  private readonly stream: RandomStream;

  constructor(seed: number, name: string) {
    this.stream = new RandomStream(seed, name);
  }

  below(bound: number): number {
    return this.stream.below(Math.max(1, bound));
  }

  chance(share: number): boolean {
    return this.stream.uniform() < share;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const nested = (depth: number): unknown => {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Values that files hold when somebody wants to see what happens. */
export const EXTREME_VALUES: readonly unknown[] = [
  ...[1e308, -1e308, -1, 0, -0, 0.5, 1, 2, 3, 255, 1e6, 2 ** 31, 2 ** 32, 1e9, 1e12, 1e15, 2 ** 53, 2 ** 53 - 1, 5e-324, NaN, Infinity, -Infinity],
  ...['', ' ', 'x'.repeat(100_000), '('.repeat(20_000), 'a.'.repeat(3000), '{'.repeat(5000), '\u001b[2J\u202e\u0000\u0085', '=1+1', '\n\n', '\ud800'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'null', 'NaN', '-', '.', '..', '*', '*a*a*a*a*a*a*b', '{t}', '=t*9/0'],
  ...[
    '../../../../etc/passwd',
    '/dev/zero',
    '/proc/self/environ',
    'tessera:../../x',
    'data:text/javascript,0',
    'con',
    '5 %',
    '10 GHz',
    '1e999',
    '0x10',
    '1 PiB',
  ],
  ...[null, true, false, [], {}, [[]], [null], { a: 1 }, { use: 'dram' }, { __proto__x: 1 }, nested(40), nested(300)],
  ...[Array.from({ length: 5000 }, (_, i) => i), Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i]))],
];

export const EXTREME_NAMES: readonly string[] = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'length',
    '',
    ' ',
    '0',
    '-1',
    '.',
    'a.b',
    '*',
    '<<',
    '=cmd',
    '\u001b[31m',
    '\u202egnp.exe',
  ],
  'n'.repeat(5000),
];
