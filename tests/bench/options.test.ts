import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.js';
import { UsageError } from '../../bench/usage-error.js';

const KNOWN = ['kernel', 'dram', 'noc'];

describe('the command line', () => {
  it('runs everything unless names are given, in one order', () => {
    expect(parseOptions([], KNOWN)).toMatchObject({ names: KNOWN, runs: 5, json: false, page: false, operations: 10_000_000, peers: [] });
    expect(parseOptions(['noc', 'dram', '--runs', '3', '--json', '--against', 'x', '--large'], KNOWN)).toMatchObject({
      names: ['dram', 'noc'],
      runs: 3,
      json: true,
      against: 'x',
      large: true,
    });
  });

  it.each([
    [['nock'], "no benchmark 'nock'; there are kernel, dram, noc"],
    [['--runs', '0'], "--runs is '0'"],
    [['--operations', 'many'], "--operations is 'many'"],
    [['--fast'], "Unknown option '--fast'"],
    [['--peer', 'booksim2'], 'is not NAME=BINARY'],
    [['--peer', 'gem5=node'], "no peer 'gem5'; there are booksim2, ramulator2, dramsim3"],
    [['--peer', 'booksim2=./no-such-binary'], "there is no program './no-such-binary'"],
    [['--peer', 'booksim2='], "there is no program ''"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, KNOWN)).toThrow(UsageError);
    expect(() => parseOptions(args, KNOWN)).toThrow(message);
  });
});
