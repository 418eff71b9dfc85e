import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError, layerTotals, operandBox, operandOf, workloadTotals, type Workload } from '../../../core/index.js';
import { readLayers } from '../../../plugins/importers/layers/read-layers.js';
import { workloadSchema } from '../../../plugins/importers/layers/schema.js';

function read(text: string): Workload {
  return readLayers({ fileName: 'net.yaml', bytes: new TextEncoder().encode(text), readSibling: () => undefined });
}

/** A whole document around one or several layers. */
function layers(text: string): string {
  return `tesseraWorkload: 1\nlayers:\n${text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

const CONV = '- { name: a, operator: conv, loops: { K: 4, C: 2, OY: 8, OX: 8, FY: 3, FX: 3 }, pad: 1 }';

describe('layers in YAML', () => {
  it('has its schema beside the others', () => {
    const file: unknown = JSON.parse(readFileSync(new URL('../../../schemas/workload.schema.json', import.meta.url), 'utf8'));
    expect(file).toEqual(JSON.parse(JSON.stringify(workloadSchema)));
  });

  it('reads the example: maps, formats, dependencies, totals', () => {
    const workload = read(readFileSync(new URL('../../../scenarios/models/two-layers.yaml', import.meta.url), 'utf8'));
    expect(workload.layers.map((layer) => layer.predecessors)).toEqual([[], [0], [1]]);
    expect(workload.inputs).toEqual(['conv1.I']);
    expect(workload.outputs).toEqual(['conv2.O']);
    expect(workload.tensors['conv1.I']).toEqual({ name: 'conv1.I', dims: { B: 1, C: 3, Y: 32, X: 32 }, format: 'uint8', role: 'input' });
    const [conv1, , conv2] = workload.layers;
    expect(operandBox(workload, conv1!, operandOf(conv1!, 'I'), { OY: [0, 4] })).toEqual({ B: [0, 1], C: [0, 3], Y: [0, 5], X: [0, 32] });
    expect(operandBox(workload, conv2!, operandOf(conv2!, 'I'), { G: [2, 4], OY: [1, 2] })).toEqual({ B: [0, 1], C: [2, 4], Y: [1, 4], X: [0, 32] });
    expect(operandOf(conv1!, 'O').partialFormat).toBe('int32');
    expect(layerTotals(workload, conv1!).operandBytes).toEqual({ I: 3072, W: 216, O: 16384 });
    expect(workloadTotals(workload).macs).toBe(16 * 3 * 1024 * 9 + 16 * 256 * 9);
  });

  it('reads the example of docs/workload.md', () => {
    const text = readFileSync(new URL('../../../docs/workload.md', import.meta.url), 'utf8');
    const workload = read(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
    expect(workload.layers.map((layer) => [layer.name, layer.predecessors])).toEqual([
      ['conv1', []],
      ['relu1', [0]],
      ['flipped', [1]],
    ]);
    const flipped = workload.layers[2]!;
    expect(operandBox(workload, flipped, operandOf(flipped, 'I'), { OY: [0, 8] })['Y']).toEqual([24, 32]);
  });

  it('reads products, shared tensors, formats of its own, maps in full, and a bare list', () => {
    const workload = read(`
tesseraWorkload: 1
formats: [{ name: log5, kind: float, bits: 5 }]
tensors: { x: { dims: { Y: 64, C: 32 }, format: log5 }, k: { dims: { C: 32, K: 64 } } }
layers:
  - { name: qk, operator: matmul, loops: { OY: 64, K: 64, C: 32 }, from: { I: x, I2: k } }
  - name: mirrored
    operator: copy
    loops: { OY: 64, K: 64 }
    from: { I: qk }
    operands: { I: { index: { Y: 63 - OY, C: K } }, O: { index: { Y: OY, C: K } } }
  - { name: after, operator: relu, loops: { K: 4 }, after: [qk] }
`);
    expect(workload.layers.map((layer) => [layer.operator, layer.class, layer.predecessors])).toEqual([
      ['matmul', 'mac', []],
      ['copy', 'move', [0]],
      ['relu', 'vector', [0]],
    ]);
    const copy = workload.layers[1]!;
    expect(operandBox(workload, copy, operandOf(copy, 'I'), { OY: [0, 4] })).toEqual({ Y: [60, 64], C: [0, 64] });
    expect(layerTotals(workload, workload.layers[0]!).operandBytes).toEqual({ I: 1280, I2: 2048, O: 4096 });
    expect(read(JSON.stringify([{ name: 'a', operator: 'relu', loops: { K: 4 } }])).layers).toHaveLength(1);
  });

  it.each([
    ['syntax', 'tesseraWorkload: 1\nlayers: [', /net\.yaml:\d+:\d+: .*YAML syntax/],
    ['no layers', 'tesseraWorkload: 1\n', /layers/],
    ['unknown key', layers('- { name: a, operator: conv, lops: { K: 1 } }'), /net\.yaml:3:\d+: layers\.0.*lops.*did you mean 'loops'/s],
    ['zero size', layers('- { name: a, operator: relu, loops: { K: 0 } }'), /net\.yaml:3:\d+: layers\.0\.loops\.K: /],
    ['fraction', layers('- { name: a, operator: relu, loops: { K: 1.5 } }'), /layers\.0\.loops\.K/],
    ['not a number', layers('- { name: a, operator: relu, loops: { K: .nan } }'), /net\.yaml:3/],
    ['huge', layers('- { name: a, operator: relu, loops: { K: 9007199254740991, B: 9007199254740991 } }'), /iteration space is too large/],
    ['two of a name', layers(`${CONV}\n${CONV}`), /net\.yaml:4:\d+: layers\.1\.name: there are two layers 'a'/],
    [
      'unknown source',
      layers(`- { name: conv1, operator: relu, loops: { K: 4 } }\n- { name: b, operator: relu, loops: { K: 4 }, from: { I: conv2 } }`),
      /net\.yaml:4:\d+: layers\.1\.from\.I: there is no layer or tensor 'conv2'; expected conv1; did you mean 'conv1'/,
    ],
    [
      'circle',
      layers('- { name: a, operator: relu, loops: { K: 4 }, from: { I: b } }\n- { name: b, operator: relu, loops: { K: 4 }, from: { I: a } }'),
      /layer 'b' comes later, or in a circle/,
    ],
    ['unknown format', layers('- { name: a, operator: relu, loops: { K: 4 }, precision: { O: int88 } }'), /unknown number format 'int88'/],
    ['precision of nobody', layers('- { name: a, operator: relu, loops: { K: 4 }, precision: { Q: 8 } }'), /has no operand 'Q' here/],
    [
      'precision against the source',
      layers(`${CONV}\n- { name: b, operator: relu, loops: { K: 4, OY: 8, OX: 8 }, from: { I: a }, precision: { I: 4 } }`),
      /'a' is int8/,
    ],
    ['rank', layers(`${CONV}\n- { name: b, operator: relu, loops: { K: 4 }, from: { I: a } }`), /'a\.O' has 3 dimensions/],
    [
      'reach',
      layers(`${CONV}\n- { name: b, operator: relu, loops: { K: 4, OY: 9, OX: 8 }, from: { I: a } }`),
      /the loops reach 9 along Y, but Y of 'a\.O' has the size 8/,
    ],
    [
      'unknown loop',
      layers('- { name: a, operator: copy, loops: { OY: 4 }, operands: { I: { index: { Y: OX } }, O: { index: { Y: OY } } } }'),
      /layers\.0\.operands\.I\.index\.Y: the layer has no loop 'OX'; expected OY/,
    ],
    ['no sum', layers("- { name: a, operator: copy, loops: { OY: 4 }, operands: { O: { index: { Y: 'OY /2' } } } }"), /is no sum of loops/],
    ['no output', layers('- { name: a, operator: copy, loops: { OY: 4 }, operands: { I: { index: { Y: OY } } } }'), /there is no output/],
    ['unknown wait', layers(`${CONV}\n- { name: b, operator: relu, loops: { K: 4 }, after: [c] }`), /layers\.1\.after\.0: there is no earlier layer 'c'/],
  ])('refuses: %s', (_, text, message) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(message);
  });
});
