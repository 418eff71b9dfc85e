// @ts-check
import { definePlugin, InputError } from 'tessera-sim';

const HEAD = 'board v1';

/** Lines of a table with their numbers. @param {import('tessera-sim').ImportSource} source */
function rowsOf(source) {
  return new TextDecoder()
    .decode(source.bytes)
    .split(/\r?\n/)
    .map((text, index) => ({ words: text.trim().split(/\s+/), line: index + 1, text: text.trim() }))
    .filter(({ text, line }) => line > 1 && text !== '' && !text.startsWith('#'));
}

/** Blocks from the first file, wires from the second; columns that nobody needs are listed. @param {readonly import('tessera-sim').ImportSource[]} sources @param {number} clockHz */
export function readBoard(sources, clockHz) {
  const [parts, wires] = sources;
  if (wires === undefined) throw new InputError({ file: parts.fileName, message: 'a board has two files', expected: 'the parts, then the wires' });
  const kinds = { core: 'systolic', ram: 'sram', mover: 'dma', store: 'dram-simple' };
  /** @type {Record<string, { use: string, with: Record<string, number> }>} */
  const blocks = {};
  const unused = [];
  for (const { words, line, text } of rowsOf(parts)) {
    const [name, kind, size, colour] = words;
    const use = kinds[/** @type {keyof typeof kinds} */ (kind)];
    if (use === undefined) throw new InputError({ file: parts.fileName, line, message: `'${text}' is no part`, expected: Object.keys(kinds).join(', ') });
    const amount =
      size === undefined || size === '-' ? {} : use === 'systolic' ? { rows: Number(size), columns: Number(size) } : { capacityBytes: Number(size) };
    blocks[name] = { use, with: amount };
    if (colour !== undefined) unused.push({ file: parts.fileName, line, path: `${name}.colour`, reason: 'a machine has no colours' });
  }
  const connect = rowsOf(wires).map(({ words: [from, to] }) => [from, to]);
  return { machine: { name: 'board', clocks: { board: clockHz }, blocks, connect }, unused };
}

export default definePlugin({
  kind: 'importer',
  name: 'board',
  version: '1.0.0',
  summary: 'Machines from a list of parts and a list of wires',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { clockHz: { type: 'integer', minimum: 1, default: 1000000000, unit: 'Hz', description: 'Clock of the board' } },
  },
  produces: ['machine'],
  extensions: [],
  recognise: ({ bytes }) => (new TextDecoder().decode(bytes.subarray(0, HEAD.length)) === HEAD ? 1 : 0),
  read: async (sources, config) => readBoard(sources, /** @type {{ clockHz: number }} */ (config).clockHz),
});
