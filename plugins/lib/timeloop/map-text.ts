import { InputError } from 'tessera-sim';
import type { TimeloopLoop, TimeloopMapping } from './mapping.js';

const HEADER = /^\s*([\w.-]+)\s*\[\s*([^\]]*)\]\s*$/;
const LOOP = /^[|\s]*for\s+(\w+)\s+in\s+\[\s*(\d+)\s*:\s*(\d+)(?:\s*,\s*(\d+))?\s*\)\s*(?:\(\s*Spatial-([XY])\s*\))?\s*$/i;
const MOST_LINES = 100_000;
const LONGEST_LINE = 10_000;

/** Whether a text looks like a `*.map.txt`: a level with tile sizes, or loops with brackets. */
export function looksLikeMapText(text: string): boolean {
  return /^[ \t]*[\w.-]+[ \t]*\[[^\]\n]*\][ \t\r]*$/m.test(text) && /^[| \t]*for \w+ in \[\d+:\d+|<< Compute >>/m.test(text);
}

/**
 * Reads `*.map.txt`: levels outermost first, each with the tiles that it keeps and its loops, which stand before the next level.
 * Throws InputError with the line of what cannot be read.
 */
export function readMapText(text: string, file?: string): TimeloopMapping {
  const lines = text.split('\n');
  const fail = (index: number, message: string, expected: string): InputError =>
    new InputError({ ...(file === undefined ? {} : { file }), line: index + 1, message, expected });
  if (lines.length > MOST_LINES) throw fail(MOST_LINES, `the text has ${lines.length} lines`, `at most ${MOST_LINES}`);
  const levels: { name: string; keep: string[]; loops: TimeloopLoop[] }[] = [];
  let ended = false;
  lines.forEach((line, index) => {
    if (line.length > LONGEST_LINE) throw fail(index, `the line has ${line.length} characters`, `at most ${LONGEST_LINE}`);
    if (/^[\s|-]*$/.test(line)) return;
    if (ended) throw fail(index, 'there is text after << Compute >>', 'the end of the mapping');
    if (/^[|\s]*<<\s*Compute\s*>>\s*$/i.test(line)) {
      ended = true;
      return;
    }
    const header = HEADER.exec(line);
    if (header !== null) {
      levels.push({ name: header[1]!, keep: keptIn(header[2]!), loops: [] });
      return;
    }
    const loop = LOOP.exec(line);
    if (loop === null) throw fail(index, `this line is not understood: '${line.trim().slice(0, 60)}'`, '`Level [ Tensor:words (words) ]` or `for X in [0:N)`');
    const level = levels.at(-1);
    if (level === undefined) throw fail(index, 'this loop stands before the first level', 'a line `Level [ ... ]` first');
    level.loops.push(loopOf(loop, () => fail(index, 'this loop does not run', 'bounds [0:N) with N of 1 or more')));
  });
  if (levels.length === 0) throw fail(0, 'there is no level in it', '`Level [ Tensor:words (words) ]`');
  // Versions before 0.4 end with the last loop, of which every level has one.
  const last = lines.findLastIndex((line) => !/^[\s|-]*$/.test(line));
  if (!ended && !LOOP.test(lines[last]!)) throw fail(last, 'the mapping breaks off', 'a loop, or `<< Compute >>`, at its end');
  return { levels };
}

function keptIn(tiles: string): string[] {
  return [...tiles.matchAll(/([\w.-]+)\s*:\s*\d+/g)].map(([, name]) => name!);
}

function loopOf([, dimension, start, end, last, axis]: RegExpExecArray, fail: () => InputError): TimeloopLoop {
  const size = Number(end) - Number(start);
  if (size < 1 || Number(start) !== 0 || !Number.isSafeInteger(size)) throw fail();
  return {
    dimension: dimension!,
    size,
    ...(last === undefined || Number(last) === size ? {} : { last: Number(last) }),
    ...(axis === undefined ? { kind: 'temporal' } : { kind: 'spatial', axis: axis.toUpperCase() as 'X' | 'Y' }),
  };
}

/** The mapping as text, in the form of the tool, for people. */
export function mappingText({ levels }: TimeloopMapping, tiles?: ReadonlyMap<string, Readonly<Record<string, number>>>): string {
  const out: string[] = [];
  let depth = 0;
  for (const { name, keep, loops } of levels) {
    const words = tiles?.get(name);
    out.push(`${name} [ ${keep.map((space) => `${space}:${words?.[space] ?? 0} (${words?.[space] ?? 0}) `).join('')}]`);
    for (const { dimension, size, last, kind, axis } of loops) {
      out.push(
        `| ${'  '.repeat(depth)}for ${dimension} in [0:${size}${last === undefined ? '' : `,${last}`})${kind === 'spatial' ? ` (Spatial-${axis ?? 'X'})` : ''}`,
      );
      depth++;
    }
    out.push('');
  }
  out.push(`| ${'  '.repeat(depth)}<< Compute >>`, '');
  return out.join('\n');
}
