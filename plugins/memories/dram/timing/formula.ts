import { InputError } from 'tessera-sim';
import type { Timings } from '../standards/form.js';

const TOKEN = /\s*(max|[A-Za-z_]\w*|\d+|[-+(),])/y;

/**
 * Value of a latency formula: sums and differences of timing names and integers, and `max(a, b)`.
 * Throws InputError for an unknown name, naming the formula, so that a data file's typing error is found at once.
 */
export function evaluateFormula(formula: string, timings: Timings): number {
  const tokens = tokenize(formula);
  let at = 0;

  function sum(): number {
    let value = signedTerm();
    while (tokens[at] === '+' || tokens[at] === '-') {
      const sign = tokens[at++] === '+' ? 1 : -1;
      value += sign * term();
    }
    return value;
  }
  function signedTerm(): number {
    if (tokens[at] !== '-') return term();
    at++;
    return -term();
  }
  function term(): number {
    const token = tokens[at++];
    if (token === undefined) throw broken(formula, 'ends early');
    if (token === 'max') return maximum();
    if (/^\d/.test(token)) return Number(token);
    const value = Object.hasOwn(timings, token) ? timings[token] : undefined;
    if (value === undefined) throw broken(formula, `needs the timing ${token}, which is not given`);
    return value;
  }
  function maximum(): number {
    expect('(');
    const left = sum();
    expect(',');
    const right = sum();
    expect(')');
    return Math.max(left, right);
  }
  function expect(token: string): void {
    if (tokens[at++] !== token) throw broken(formula, `expects ${token}`);
  }

  const value = sum();
  if (at !== tokens.length) throw broken(formula, `does not end at ${tokens[at]}`);
  return value;
}

function tokenize(formula: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < formula.trimEnd().length) {
    const match = TOKEN.exec(formula);
    if (match === null) throw broken(formula, 'has a character that is not allowed');
    tokens.push(match[1] as string);
  }
  return tokens;
}

function broken(formula: string, what: string): InputError {
  return new InputError([{ path: 'timing', message: `the formula "${formula}" ${what}` }]);
}
