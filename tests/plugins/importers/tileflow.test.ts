import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, type ExporterPlugin, type ImporterPlugin, type ImportResult, type RunResult } from '../../../core/index.js';
import tileflowTreePlugin from '../../../plugins/exporters/tileflow-tree/index.js';
import tileflowPlugin from '../../../plugins/importers/tileflow/index.js';
import { readArchitecture } from '../../../plugins/importers/tileflow/architecture.js';
import { readProblem } from '../../../plugins/importers/tileflow/problem.js';
import { sectionsOf } from '../../../plugins/importers/tileflow/source.js';
import { readTree } from '../../../plugins/importers/tileflow/tree.js';
import {
  tileflowArchYaml,
  tileflowMapYaml,
  tileflowProblemYaml,
  type TileflowNode,
  type TileflowProblem,
  type TileflowTile,
} from '../../../plugins/lib/tileflow/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

const tileflow = tileflowPlugin as ImporterPlugin;
const exporter = tileflowTreePlugin as ExporterPlugin;
const source = (fileName: string, text: string): Parameters<typeof tileflow.recognise>[0] => ({
  fileName,
  bytes: new TextEncoder().encode(text),
  readSibling: () => undefined,
});
const readWith = (config: Readonly<Record<string, unknown>>, ...files: [string, string][]): ImportResult =>
  atOnce(
    tileflow.read(
      files.map(([name, text]) => source(name, text)),
      config,
      toolContext,
    ),
  );
const read = (...files: [string, string][]): ImportResult => readWith({}, ...files);

const ARCH = `
architecture:
  version: 0.2
  subtree:
  - name: System
    local:
    - {name: Far, class: DRAM, attributes: {word-bits: 16, read_bandwidth: 2, sizeKB: 1000}}
    subtree:
    - name: Chip
      local:
      - {name: "Near[0..3]", class: SRAM, attributes: {meshX: 2, meshY: 2, word-bits: 16, read_bandwidth: 8, sizeKB: 8}}
      - {name: "mac[0..3]", class: intmac, attributes: {meshX: 2, meshY: 2}}
`;
const PROBLEM = `
problem:
  io: {ins: "A, B, D", outs: E}
  dimensions: [M, K, L, N]
  instance: {M: 8, K: KS, L: 4, N: 2}
  ops:
  - name: G1
    dimensions: [M, K, L]
    data-spaces:
    - {name: C, projection: [[[M]], [[L]]], read-write: True}
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[L]]]}
    ins: A, B
    out: C
  - name: G2
    dimensions: [M, L, N]
    data-spaces:
    - {name: E, projection: [[[M]], [[N]]], read-write: True}
    - {name: C, projection: [[[M]], [[L]]]}
    - {name: D, projection: [[[L]], [[N]]]}
    ins: C D
    out: E
macro: {KS: 6}
`;
const part = (loops: string, permutation: string, name: string): string => `
    - node-type: Tile
      type: Spatial
      factors: M=2
      permutation: M
      target: Far
      subtree:
      - {node-type: Tile, type: temporal, factors: "${loops}", permutation: ${permutation}, target: Near, subtree: [{node-type: Op, name: ${name}}]}`;
const map = (outer: string, scope = 'Sequential'): string => `
mapping:
  node-type: Tile
  factors: ${outer}
  permutation: M
  target: Far
  subtree:
  - node-type: Scope
    type: ${scope}
    subtree:${part('M=2 K=6 L=4', 'KLM', 'G1')}${part('M=2 L=4 N=2', 'NLM', 'G2')}
verbose: 0
`;

describe('files of TileFlow', () => {
  it('reads machine, problem and tree, lists what it leaves out, and works out the estimate', () => {
    const result = read(['arch.yaml', ARCH], ['prob.yaml', PROBLEM], ['map.yaml', map('M=2')]);
    expect(result.workload!.layers.map(({ name, predecessors, loops }) => [name, predecessors, loops])).toEqual([
      ['G1', [], { M: 8, K: 6, L: 4 }],
      ['G2', [0], { M: 8, L: 4, N: 2 }],
    ]);
    expect(result.machine!['blocks']).toMatchObject({ core0: { blocks: { pe: { with: { macsPerCycle: 4 } } } } });
    expect(result.mapping!['G1']!.levels).toEqual([
      { storage: { I: 'dram', I2: 'dram', O: 'dram' }, loops: [{ loop: 'M', size: 2, kind: 'temporal' }] },
      {
        storage: { I: 'core0.l1', I2: 'core0.l1', O: 'core0.l1' },
        loops: [
          { loop: 'M', size: 2, kind: 'spatial', axis: 'x' },
          { loop: 'M', size: 2, kind: 'temporal' },
          { loop: 'L', size: 4, kind: 'temporal' },
          { loop: 'K', size: 6, kind: 'temporal' },
        ],
      },
    ]);
    // Two tiles of M, each 48 and 16 steps: multipliers alone. A 48, B 24 twice, D 8 twice, E 16 in and out.
    expect(result.estimate!.cycles).toBe(128);
    expect(result.demands!.find(({ resource }) => resource === 'Far read')).toMatchObject({ perCycle: 2 });
    expect(result.unused!.map(({ path, line }) => [path, line !== undefined])).toEqual([
      ['verbose', true],
      ['mapping', false],
    ]);
  });

  it('takes the longest of the parts of a pipeline', () => {
    expect(read(['arch.yaml', ARCH], ['prob.yaml', PROBLEM], ['map.yaml', map('M=2', 'Pipeline')]).estimate!.cycles).toBe(96);
  });

  it('takes factors without a permutation outermost first, and says so', () => {
    const { mapping, unused } = read(['prob.yaml', PROBLEM], ['map.yaml', map('M=2').replace('permutation: KLM, ', '').replace('M=2 K=6 L=4', 'L=4 K=6 M=2')]);
    expect(mapping!['G1']!.levels[1]!.loops.map(({ loop }) => loop)).toEqual(['M', 'L', 'K', 'M']);
    expect(unused!.some(({ reason }) => reason.startsWith('no permutation'))).toBe(true);
  });

  it('takes names from the setting before those of a file', () => {
    expect(readWith({ macros: 'KS=12' }, ['prob.yaml', PROBLEM]).workload!.layers[0]!.loops['K']).toBe(12);
  });

  const PRINTED = `***Optimal Mapping:
read: A B D E
for M in [0:X1(2)), Far
  read: A B D E fill: A
  Scope: Sequential{
    read: A
    for M in [0:X2(2)) (Spatial-X), Far
      for M in [0:2), Near
        for L in [0:4), Near
          for K in [0:6), Near
            read: A
            Op: G1(A,B,)->C
    for M in [0:X3(2)) (Spatial-X), Far
      for M in [0:2), Near
        for L in [0:4), Near
          for N in [0:2), Near
            Op: G2(C,D,)->E
  }
***TileFlow Result
metric,value
Cycle,128
Energy,1.5e+06
Far::Read, 99
`;

  it("takes factors that the tool found from its output, and the tool's own result", () => {
    const result = read(['arch.yaml', ARCH], ['prob.yaml', PROBLEM], ['map.yaml', map('M=?')], ['out.txt', PRINTED]);
    expect(result.mapping).toEqual(read(['arch.yaml', ARCH], ['prob.yaml', PROBLEM], ['map.yaml', map('M=2')]).mapping);
    expect(result.estimate).toMatchObject({ cycles: 128, energyPj: 1.5e6 });
  });

  it('reads a table of results alone', () => {
    expect(read(['r.csv', ',value\nCycle,77\nEnergy,3\n']).estimate).toMatchObject({ cycles: 77, energyPj: 3 });
  });

  it('knows its own files', () => {
    expect(tileflow.recognise(source('map.yaml', map('M=2')))).toBe(1);
    expect(tileflow.recognise(source('prob.yaml', PROBLEM))).toBe(1);
    expect(tileflow.recognise(source('out.txt', PRINTED))).toBe(1);
    expect(tileflow.recognise(source('arch.yaml', ARCH))).toBe(0.9);
    expect(tileflow.recognise(source('scenario.yaml', 'tesseraScenario: 1\nmapping: {}\n'))).toBe(0);
  });
});

describe('what is refused, with file and line', () => {
  const all = (tree: string): [string, string][] => [
    ['arch.yaml', ARCH],
    ['prob.yaml', PROBLEM],
    ['map.yaml', tree],
  ];
  it.each<[string, [string, string][], RegExp]>([
    ['an open factor', all(map('M=?')), /map\.yaml:4.*open/],
    ['loops that do not cover', all(map('M=4')), /map\.yaml.*16 iterations.*8/],
    ['a tree alone', [['map.yaml', map('M=2')]], /map\.yaml:1.*without its problem/],
    ['an unknown memory', all(map('M=2').replace('target: Near', 'target: Nowhere')), /no memory 'Nowhere'/],
    ['an unknown operation', all(map('M=2').replace('name: G2', 'name: G9')), /operation 'G2' is in no tile/],
    ['another version', [['arch.yaml', ARCH.replace('0.2', '0.4')]], /arch\.yaml:3.*version/],
    ['no multipliers', [['arch.yaml', ARCH.replace('intmac', 'SRAM').replace('mac[', 'x[')]], /lacks a memory or the multipliers/],
    ['a size that nobody gives', [['prob.yaml', PROBLEM.replace('macro: {KS: 6}', '')]], /prob\.yaml:5.*'KS'/],
    ['a truncated file', [['prob.yaml', PROBLEM.slice(0, 250)]], /prob\.yaml:\d+/],
    ['a stride', [['prob.yaml', PROBLEM.replace('[[[M]], [[K]]]', '[[[M, Two]], [[K]]]')]], /coefficients are not read/],
    ['a permutation that misses a factor', all(map('M=2').replace('permutation: KLM', 'permutation: KL')), /do not match/],
    ['a scope of no kind', all(map('M=2', 'Waltz')), /map\.yaml:\d+.*no scope 'Waltz'/],
    ['a result without a number', [['r.csv', ',value\nCycle,many\n']], /r\.csv:2/],
    [
      'a second problem',
      [
        ['a.yaml', PROBLEM],
        ['b.yaml', PROBLEM],
      ],
      /second 'problem'/,
    ],
    [
      'a printed tree that ends early',
      [
        ['prob.yaml', PROBLEM],
        ['out.txt', '***Optimal Mapping:\nfor M in [0:2), Far\n'],
      ],
      /out\.txt:\d+.*ends too early/,
    ],
  ])('%s', (_, files, message) => {
    let caught: unknown;
    try {
      read(...files);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InputError);
    expect(String((caught as Error).message)).toMatch(message);
  });
});

const letters = ['M', 'N', 'K', 'y'];
const problem: TileflowProblem = {
  sizes: { M: 64, N: 64, K: 64, y: 64 },
  tensors: [
    { name: 'C', ranks: [['M', 'y'], ['N']], readWrite: true },
    { name: 'A', ranks: [['M', 'y'], ['K']], readWrite: false },
    { name: 'B', ranks: [['K'], ['N'], ['y']], readWrite: false },
  ],
  operations: [{ name: 'G', dimensions: letters, ins: ['A', 'B'], out: 'C' }],
  ins: ['A', 'B'],
  outs: ['C'],
};
const leaf: TileflowNode = { type: 'op', name: 'G' };
const tiles: fc.Arbitrary<Omit<TileflowTile, 'child'>> = fc
  .record({
    level: fc.constantFrom('L2', 'L1', 'L0'),
    spatial: fc.boolean(),
    dimensions: fc.shuffledSubarray(letters, { minLength: 1 }),
    sizes: fc.array(fc.constantFrom(1, 2, 3, 16), { minLength: 4, maxLength: 4 }),
    columns: fc.nat(4),
    bypass: fc.subarray(['A', 'B', 'C']),
    profile: fc.boolean(),
    multicast: fc.boolean(),
  })
  .map(({ dimensions, sizes, columns, spatial, ...rest }) => ({
    ...rest,
    type: 'tile' as const,
    spatial,
    // Of a spatial tile the loops along X are the inner ones.
    loops: dimensions.map((dimension, index) => ({
      dimension,
      size: sizes[index]!,
      ...(spatial ? { axis: index < columns ? ('Y' as const) : ('X' as const) } : {}),
    })),
  }));
const { node: trees } = fc.letrec<{ node: TileflowNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.tuple(tiles, fc.constant(leaf)).map(([tile, child]): TileflowNode => ({ ...tile, child })),
    fc.tuple(tiles, tie('node')).map(([tile, child]): TileflowNode => ({ ...tile, child })),
    fc
      .tuple(fc.constantFrom('sequential', 'sharing', 'pipeline', 'parallel'), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
      .map(([kind, children]): TileflowNode => ({ type: 'scope', kind, children })),
  ),
}));

describe('what is written is what was read', () => {
  it('any tree', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const section = sectionsOf(source('map.yaml', tileflowMapYaml(tree))).get('mapping')!;
        expect(readTree(section, new Map(), undefined)).toEqual({ tree, unused: [] });
      }),
      { numRuns: 100 },
    );
  });

  it('problems and machines', () => {
    const section = sectionsOf(source('prob.yaml', tileflowProblemYaml(problem))).get('problem')!;
    expect(readProblem(section, new Map())).toEqual(problem);
    const machine = readArchitecture(sectionsOf(source('arch.yaml', ARCH)).get('architecture')!);
    expect(readArchitecture(sectionsOf(source('arch.yaml', tileflowArchYaml(machine))).get('architecture')!)).toEqual(machine);
  });

  it('nests of a schedule, those with operands cut at different places too', async () => {
    const { mapping, workload } = read(['prob.yaml', PROBLEM], ['map.yaml', map('M=2')]);
    const uneven = {
      ...mapping!,
      G2: {
        levels: [
          { storage: { I: 'dram', I2: 'dram', O: 'dram' }, loops: [{ loop: 'M', size: 4, kind: 'temporal' as const }] },
          {
            storage: { O: 'core0.l1' },
            loops: [
              { loop: 'M', size: 2, kind: 'temporal' as const },
              { loop: 'L', size: 2, kind: 'temporal' as const },
            ],
          },
          { storage: { I: 'core0.l1', I2: 'core0.l1' }, loops: [{ loop: 'L', size: 2, kind: 'temporal' as const }] },
          { storage: {}, loops: [{ loop: 'N', size: 2, kind: 'spatial' as const, axis: 'x' }] },
        ],
      },
    };
    const layers = Object.fromEntries(
      workload!.layers.map(({ name, operator, loops, operands }) => [
        name,
        {
          operator,
          loops,
          operands: Object.fromEntries(operands.map((operand) => [operand.name, { tensor: operand.tensor, role: operand.role, map: operand.map }])),
        },
      ]),
    );
    const results = [{ kind: 'schedule', name: 'x', schedule: { mappings: uneven, layers } }] as unknown as RunResult[];
    const [file] = await exporter.export(results, {}, toolContext);
    expect(file!.name).toBe('tileflow.yaml');
    const back = read(['tileflow.yaml', String(file!.content)]);
    expect(back.mapping).toEqual(uneven);
    expect(back.workload!.layers).toEqual(workload!.layers);
  });
});
