import { describe, expect, it } from 'vitest';
import { InputError, type Estimate, type ImporterPlugin, type ImportResult, type LoopNest } from '../../../core/index.js';
import definesPlugin from '../../../plugins/importers/defines/index.js';
import zigzagPlugin from '../../../plugins/importers/zigzag/index.js';
import { readMappingFile } from '../../../plugins/importers/zigzag/mapping-file.js';
import { zigzagMappingYaml } from '../../../plugins/lib/zigzag/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

const zigzag = zigzagPlugin as ImporterPlugin;
const definesPoints = definesPlugin as ImporterPlugin;
const CONFIG = { factorLimit: 5, objective: 'latency' as const };
const source = (fileName: string, text: string): Parameters<typeof zigzag.recognise>[0] => ({
  fileName,
  bytes: new TextEncoder().encode(text),
  readSibling: () => undefined,
});
const read = (...files: [string, string][]): ImportResult =>
  atOnce(
    zigzag.read(
      files.map(([name, text]) => source(name, text)),
      CONFIG,
      toolContext,
    ),
  );

const REGISTERS = `
  reg: {size: 8, r_cost: 0.1, w_cost: 0.1, latency: 1, operands: [I2], served_dimensions: [],
    ports: [{name: r_port_1, type: read, bandwidth_min: 8, bandwidth_max: 8, allocation: ['I2, tl']}, {name: w_port_1, type: write, bandwidth_min: 8, bandwidth_max: 8, allocation: ['I2, fh']}]}
  buf: {size: 65536, r_cost: 1, w_cost: 1, latency: 1, operands: [I1, O], served_dimensions: [D1, D2],
    ports: [{name: rw_port_1, type: read_write, bandwidth_min: 64, bandwidth_max: 256, allocation: ['I1, fh', 'I1, tl', 'O, fh', 'O, tl', 'O, fl', 'O, th']}]}
  dram: {size: 1000000000, r_cost: 100, w_cost: 100, latency: 1, operands: [I1, I2, O], served_dimensions: [D1, D2],
    ports: [{name: rw_port_1, type: read_write, bandwidth_min: 64, bandwidth_max: 64, allocation: ['I1, fh', 'I1, tl', 'I2, fh', 'I2, tl', 'O, fh', 'O, tl', 'O, fl', 'O, th']}]}`;
const ARRAY = 'operational_array: {unit_energy: 0.5, dimensions: [D1, D2], sizes: [4, 4]}';
const CORE = `name: toy\nmemories:${REGISTERS}\n${ARRAY}\n`;
const OLD_CORE = `name: toy
memories:
  buf:
    size: 65_536
    r_bw: 256
    w_bw: 128
    r_cost: 1
    w_cost: 1
    r_port: 1
    w_port: 1
    rw_port: 0
    latency: 1
    operands: [I1, I2, O]
    ports:
      - fh: w_port_1
        tl: r_port_1
      - {fh: w_port_1, tl: r_port_1}
      - {fh: w_port_1, tl: r_port_1, fl: w_port_1, th: r_port_1}
    served_dimensions: [D1, D2]
${ARRAY}
`;
const LAYERS = `- id: 0
  operator_type: Conv
  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]
  dimension_relations: [ix=1*ox+1*fx, iy=1*oy+1*fy]
  loop_dims: [B, K, C, OY, OX, FY, FX]
  loop_sizes: [1, 8, 4, 1, 6, 1, 3]
  operand_precision: {W: 8, I: 8, O: 16, O_final: 8}
  operand_source: {I: 0, W: 0}
- id: 1
  operator_type: Gemm
  equation: O[b][k][oy][ox]+=W[k][c]*I[b][c][oy][ox]
  loop_dims: [B, K, C, OY, OX]
  loop_sizes: [1, 9, 8, 1, 6]
  operand_precision: {W: 8, I: 8, O: 16, O_final: 8}
  operand_source: {I: 0, W: 1}
`;
const MAPPING = `- name: default
  spatial_mapping: {D1: ['K, 4'], D2: ['C, 4']}
  memory_operand_links: {O: O, W: I2, I: I1}
- name: Gemm_1
  spatial_mapping: {D1: ['K, 4'], D2: ['C, 4']}
  temporal_ordering: [[OX, 2], [K, '*']]
`;
const RESULT = JSON.stringify({
  outputs: { energy: { energy_total: 7 }, latency: { data_onloading: 3, computation: 8, data_offloading: 2 } },
  inputs: {
    layer: {
      equation: 'O[b][k]+=W[k][c]*I[b][c]',
      equation_relations: [],
      loop_dimensions: { B: 1, K: 8, C: 4 },
      operand_precision: { O: 16, O_final: 8, W: 8, I: 8 },
      memory_operand_links: { O: 'O', W: 'I2', I: 'I1' },
    },
    spatial_mapping: { O: [['(C, 4.0)'], ['(K, 4.0)'], []], W: [[], ['(K, 4.0)', '(C, 4.0)'], []], I: [['(K, 4.0)', '(C, 4.0)'], [], []] },
    temporal_mapping: { O: [['(K, 2)'], []], W: [['(K, 2)'], []], I: [['(K, 2)'], []] },
  },
});

describe("ZigZag's files", () => {
  it('are recognised by what they hold', () => {
    const sure = (text: string): number => zigzag.recognise(source('x.yaml', text));
    for (const text of [CORE, OLD_CORE, LAYERS, MAPPING, RESULT, '{"energy": 1.5, "latency": 3}']) expect(sure(text)).toBeGreaterThan(0.6);
    for (const text of ['name: x', '{"energy": 1}', '- a\n- b', 'tesseraWorkload: 1\nlayers: []', '']) expect(sure(text)).toBe(0);
  });

  it('give machine, workload, mapping, estimate and demands together', () => {
    const { machine, workload, mapping, estimate, demands, unused } = read(['core.yaml', CORE], ['mapping.yaml', MAPPING], ['net.yaml', LAYERS]);
    expect(Object.keys((machine as { blocks: object }).blocks)).toEqual(['core0', 'noc', 'dram']);
    expect(workload!.layers.map(({ name, predecessors }) => [name, predecessors])).toEqual([
      ['Conv_0', []],
      ['Gemm_1', [0]],
    ]);
    expect(workload!.layers[1]!.operands.find(({ name }) => name === 'I')!.tensor).toBe('Conv_0.O');
    expect((estimate as Estimate).layers.map(({ macs }) => macs)).toEqual([8 * 4 * 6 * 3, 9 * 8 * 6]);
    expect(demands!.some(({ resource, layer }) => resource === 'dram rw_port_1' && layer === undefined)).toBe(true);
    expect(covered(mapping!['Gemm_1']!)).toEqual({ OX: 6, K: 9, C: 8 });
    expect(covered(mapping!['Conv_0']!)).toEqual({ K: 8, C: 4, OX: 6, FX: 3 });
    expect(unused!.map(({ line, path }) => [path, line])).toContainEqual(['memories.reg.latency', 3]);
  });

  it('keep the order that a mapping gives, innermost first', () => {
    const { mapping } = read(['core.yaml', CORE], ['mapping.yaml', MAPPING], ['net.yaml', LAYERS]);
    const inward = mapping!
      ['Gemm_1']!.levels.flatMap(({ loops }) => loops)
      .filter(({ kind }) => kind === 'temporal')
      .toReversed();
    expect(inward.slice(0, 2).map(({ loop, size }) => [loop, size])).toEqual([
      ['OX', 2],
      ['K', 3],
    ]);
  });

  it('in the older form have one width for all ports', () => {
    const { machine } = read(['core.yaml', OLD_CORE]);
    expect(JSON.stringify(machine)).toContain('"capacityBytes":8192');
  });

  it('as results bring mapping and estimate; the accelerator beside them gives bounds', () => {
    const alone = read(['l_complete.json', RESULT]);
    expect(alone.estimate).toMatchObject({ cycles: 13, energyPj: 7 });
    expect(alone.demands).toBeUndefined();
    expect(read(['overall_simple.json', '{"energy": 1.5, "latency": 3}']).estimate).toMatchObject({ cycles: 3, energyPj: 1.5, layers: [] });
  });

  it('count a key that comes twice as the tool does', () => {
    const { unused } = read(['core.yaml', CORE.replace('size: 8,', 'size: 16, size: 8,')]);
    expect(unused!.find(({ path }) => path === 'memories.reg.size')).toMatchObject({ line: 3 });
  });

  it.each([
    ['a size that is none', 'core.yaml', CORE.replace('size: 8,', 'size: -8,'), 'core.yaml', 3],
    ['a port that is not there', 'core.yaml', OLD_CORE.replace('tl: r_port_1', 'tl: r_port_2'), 'core.yaml', 16],
    ['a dimension that the array has not', 'core.yaml', CORE.replace('served_dimensions: [D1, D2]', 'served_dimensions: [D7]'), 'core.yaml', 5],
    ['a truncated file', 'core.yaml', CORE.slice(0, 420), 'core.yaml', undefined],
    ['a mapping alone', 'mapping.yaml', MAPPING, 'mapping.yaml', 1],
    ['a loop without its size', 'net.yaml', LAYERS.replace('[1, 8, 4, 1, 6, 1, 3]', '[1, 8, 4]'), 'net.yaml', 6],
    ['a relation of nothing', 'net.yaml', LAYERS.replace('ix=1*ox+1*fx', 'ix=ox'), 'net.yaml', 4],
    ['a result without latency', 'l.json', RESULT.replace('data_onloading', 'word_accesses'), 'l.json', undefined],
    ['a loop of a result', 'l.json', RESULT.replace('(K, 2)', '(K, x)'), 'l.json', undefined],
  ])('refuses %s with file and place', (_, name, text, file, line) => {
    let error: unknown;
    try {
      read([name, text]);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(InputError);
    const [problem] = (error as InputError).problems;
    expect(problem!.file).toBe(file);
    if (line !== undefined) expect(problem!.line).toBe(line);
  });
});

/** Points that the loops of a nest reach, by loop. */
function covered({ levels }: LoopNest): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { loop, size, last } of levels.flatMap(({ loops }) => loops))
    sizes[loop] = ((sizes[loop] ?? 1) - (last === undefined ? 0 : 1)) * size + (last ?? 0);
  return sizes;
}

describe('a mapping file of ZigZag', () => {
  it('reads back the order and unrolling that were written', () => {
    let state = 7;
    const random = (most: number): number => (state = (state * 1103515245 + 12345) % 2 ** 31) % most;
    for (let round = 0; round < 60; round++) {
      const loops = Array.from({ length: 1 + random(6) }, () => ({
        loop: ['K', 'C', 'OX', 'OY'][random(4)]!,
        size: 2 + random(9),
        kind: random(3) === 0 ? ('spatial' as const) : ('temporal' as const),
      }));
      const cut = random(loops.length + 1);
      const nest: LoopNest = {
        levels: [
          { storage: { O: 'dram' }, loops: loops.slice(0, cut) },
          { storage: {}, loops: loops.slice(cut) },
        ],
      };
      const text = zigzagMappingYaml({ layer: nest });
      const layer = { name: 'layer', loops: {}, relations: [], operands: [], precision: {} };
      const { ordering, spatial } = readMappingFile(source('m.yaml', text))({ id: 0, operator: 'Conv', layer });
      const inward = loops.toReversed();
      expect(ordering).toEqual(inward.filter(({ kind }) => kind === 'temporal').map(({ loop, size }) => [loop, size]));
      expect(Object.values(spatial!).flat()).toEqual(inward.filter(({ kind }) => kind === 'spatial').map(({ loop, size }) => [loop, size]));
    }
  });
});

describe('points of DeFiNES', () => {
  const point = (text: string): ImportResult => atOnce(definesPoints.read([source('p.json', text)], {}, toolContext));
  it.each(['{}', '{"records": []}', '{"records": [3]}', '{"records": [{"id": "a"}]}', '{"records": [{"id": "a", "config": {}, "workload": {}}]}'])(
    'refuses %s',
    (text) => {
      expect(() => point(text)).toThrow(InputError);
    },
  );
});
