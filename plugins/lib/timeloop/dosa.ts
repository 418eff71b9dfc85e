import { InputError } from 'tessera-sim';
import type { StorageLevel, TimeloopMachine } from './machine.js';
import type { MappingLevel, TimeloopLoop, TimeloopMapping } from './mapping.js';

/** Levels of a Gemmini-like machine by the number in `L3[WIO]`. */
const LEVELS = ['Registers', 'Accumulator', 'Scratchpad', 'DRAM'] as const;
const SPACES: Readonly<Record<string, string>> = { W: 'Weights', I: 'Inputs', O: 'Outputs' };
const LONGEST = 4096;

/** Whether a text is a mapping of DOSA, `L3[WIO] K6 - L2[WI] K16X - L1[O] ... - L0[W] P32`. */
export function looksLikeDosa(text: string): boolean {
  return /^\s*L\d\[[WIO]*\]/.test(text);
}

/**
 * Reads a mapping of DOSA: levels outermost first, loops outermost first, `16X` in space (along X below the scratchpad, along Y below the
 * accumulators), `N1` for no loop.
 */
export function readDosaMapping(text: string): TimeloopMapping {
  const fail = (message: string, expected: string): InputError => new InputError({ path: 'mapping', message, expected });
  if (text.length > LONGEST) throw fail('the mapping is too long', `at most ${LONGEST} characters`);
  const levels = text
    .trim()
    .split(/\s+-\s+/)
    .map((part): MappingLevel => {
      const match = /^L(\d)\[([WIO]*)\]\s*(.*)$/.exec(part.trim());
      const name = match === null ? undefined : LEVELS[Number(match[1])];
      if (match === null || name === undefined) throw fail(`'${part.slice(0, 40)}' is no level`, '`L3[WIO] K6 P4`, levels L3 to L0');
      const loops = match[3]!
        .split(/\s+/)
        .filter((word) => word !== '')
        .map((word) => loopOf(word, name, fail));
      return { name, keep: [...match[2]!].map((letter) => SPACES[letter]!), loops: inTimeFirst(loops.filter(({ size }) => size > 1)) };
    });
  if (levels.map(({ name }) => name).join() !== [...LEVELS].reverse().join())
    throw fail('the levels are not L3, L2, L1, L0', 'L3[...] - L2[...] - L1[...] - L0[...]');
  return { levels };
}

function inTimeFirst(loops: readonly TimeloopLoop[]): TimeloopLoop[] {
  return [...loops.filter(({ kind }) => kind === 'temporal'), ...loops.filter(({ kind }) => kind === 'spatial')];
}

function loopOf(word: string, level: string, fail: (message: string, expected: string) => InputError): TimeloopLoop {
  const match = /^([RSPQCKN])(\d{1,9})(X?)$/.exec(word);
  const size = Number(match?.[2]);
  if (match === null || size < 1) throw fail(`'${word.slice(0, 20)}' is no loop`, '`K6`, or `K16X` for one in space');
  if (match[3] === '') return { dimension: match[1]!, size, kind: 'temporal' };
  return { dimension: match[1]!, size, kind: 'spatial', axis: level === 'Accumulator' ? 'Y' : 'X' };
}

/** The mapping as DOSA writes it. */
export function dosaText({ levels }: TimeloopMapping): string {
  return levels
    .map(({ name, keep, loops }) => {
      const words = loops.map(({ dimension, size, kind }) => `${dimension}${size}${kind === 'spatial' ? 'X' : ''}`);
      return `L${LEVELS.indexOf(name as (typeof LEVELS)[number])}[${keep.map((space) => space[0]).join('')}] ${words.length === 0 ? 'N1' : words.join(' ')}`;
    })
    .join(' - ');
}

/** A machine of DOSA's kind: scratchpad, accumulators for each column, one register of weights in each processing element. */
export interface GemminiLike {
  readonly columns: number;
  readonly rows: number;
  readonly accumulator: { readonly words: number; readonly wordBits: number; readonly sharedBandwidth: number };
  readonly scratchpad: { readonly words: number; readonly wordBits: number; readonly sharedBandwidth: number };
  readonly dram: { readonly wordBits: number; readonly sharedBandwidth: number };
}

export function gemminiLikeMachine({ columns, rows, accumulator, scratchpad, dram }: GemminiLike): TimeloopMachine {
  const plain = { blockSize: 1, clusterSize: 1, multipleBuffering: 1 };
  const levels: StorageLevel[] = [
    { ...plain, name: 'DRAM', class: 'DRAM', instances: 1, wordBits: dram.wordBits, blockSize: 64, sharedBandwidth: dram.sharedBandwidth },
    {
      ...plain,
      name: 'Scratchpad',
      class: 'SRAM',
      instances: 1,
      sizeWords: scratchpad.words,
      wordBits: scratchpad.wordBits,
      sharedBandwidth: scratchpad.sharedBandwidth,
    },
    {
      ...plain,
      name: 'Accumulator',
      class: 'SRAM',
      instances: columns,
      meshX: columns,
      sizeWords: accumulator.words,
      wordBits: accumulator.wordBits,
      sharedBandwidth: accumulator.sharedBandwidth,
    },
    { ...plain, name: 'Registers', class: 'SRAM', instances: columns * rows, meshX: columns, sizeWords: 1, wordBits: 8 },
  ];
  return {
    name: 'gemmini-like',
    countsFirstFills: true,
    levels,
    compute: { name: 'MACC', class: 'intmac', instances: columns * rows, meshX: columns, wordBits: 8 },
  };
}
