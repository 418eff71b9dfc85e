import { EXTREME_NAMES, EXTREME_VALUES, type Draw } from './draw.js';

/** Changes text as text, whatever it means: characters, lines, tokens, encodings, anchors. */
export function mutateText(text: string, draw: Draw): string | Uint8Array {
  return draw.of(WAYS)(text, draw);
}

type Way = (text: string, draw: Draw) => string | Uint8Array;

const spot = (text: string, draw: Draw): number => draw.below(text.length + 1);
const insert = (text: string, at: number, piece: string): string => text.slice(0, at) + piece + text.slice(at);

function changeLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

/** A random number, name or text of the file is written as something else. */
function replaceToken(text: string, draw: Draw): string {
  const tokens = [...text.matchAll(/[\w.+-]+/g)];
  const token = tokens[draw.below(tokens.length)];
  if (token === undefined) return '';
  const by = draw.chance(0.6) ? String(draw.of(EXTREME_VALUES.filter((value) => typeof value !== 'object'))) : draw.of(EXTREME_NAMES);
  return text.slice(0, token.index) + by + text.slice(token.index + token[0].length);
}

/** Each anchor names the one before it nine times: nine to the power of `levels` values. */
function aliasBomb(levels: number): string {
  const line = (i: number): string => `b${i}: &b${i} [${i === 0 ? 'x' : Array.from({ length: 9 }, () => `*b${i - 1}`).join(', ')}]`;
  return `${Array.from({ length: levels }, (_, i) => line(i)).join('\n')}\n`;
}

const PIECES = [
  '\u0000',
  '\ufeff',
  '\t',
  '\r',
  '&a ',
  '*a',
  '*b ',
  '!!binary ',
  '!x ',
  '<<: *a',
  '- ',
  '? ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|',
  '>',
  '%',
  '@',
  '#',
  '---\n',
  '...\n',
  ',',
];

const WAYS: readonly Way[] = [
  replaceToken,
  replaceToken,
  replaceToken,
  (text, draw) => text.slice(0, spot(text, draw)),
  (text, draw) => insert(text, spot(text, draw), draw.of(PIECES)),
  (text, draw) => insert(text, spot(text, draw), draw.of(PIECES).repeat(1 + draw.below(3000))),
  (text, draw) => insert(text, spot(text, draw), String.fromCharCode(draw.below(0x10000))),
  (text, draw) => changeLines(text, (lines) => void lines.splice(draw.below(lines.length), 1)),
  (text, draw) => changeLines(text, (lines) => void lines.splice(draw.below(lines.length), 0, draw.of(lines))),
  (text, draw) => changeLines(text, (lines) => void lines.push(...Array.from({ length: 2000 }, () => draw.of(lines)))),
  (text, draw) => changeLines(text, (lines) => void lines.splice(draw.below(lines.length), 0, `${draw.of(EXTREME_NAMES)}: ${draw.of(PIECES)}`)),
  (text) => changeLines(text, (lines) => void lines.reverse()),
  (text, draw) => aliasBomb(4 + draw.below(8)) + text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text) => Buffer.from(text, 'utf16le'),
  (text, draw) => mutateBytes(Buffer.from(text), draw),
  (text, draw) => mutateBytes(Buffer.from(text), draw),
  () => '',
];

/** Changes bytes as bytes. */
export function mutateBytes(bytes: Uint8Array, draw: Draw): Uint8Array {
  const copy = Uint8Array.from(bytes);
  switch (draw.below(5)) {
    case 0:
      return copy.subarray(0, draw.below(copy.length + 1));
    case 1:
      return Buffer.concat([copy.subarray(0, draw.below(copy.length + 1)), Uint8Array.from({ length: 1 + draw.below(64) }, () => draw.below(256)), copy]);
    case 2: {
      const from = draw.below(copy.length + 1);
      copy.fill(draw.of([0, 0x7f, 0x80, 0xff]), from, from + 1 + draw.below(16));
      return copy;
    }
    default:
      for (let flips = 1 + draw.below(8); flips > 0; flips--) if (copy.length > 0) copy[draw.below(copy.length)]! ^= 1 << draw.below(8);
      return copy;
  }
}
