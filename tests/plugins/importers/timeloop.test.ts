import { describe, expect, it } from 'vitest';
import { InputError, type ImporterPlugin, type ImportResult, type ImportSource } from '../../../core/index.js';
import timeloop from '../../../plugins/importers/timeloop/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

const importer = timeloop as unknown as ImporterPlugin;
const source = (fileName: string, text: string, beside: Readonly<Record<string, string>> = {}): ImportSource => ({
  fileName,
  bytes: new TextEncoder().encode(text),
  readSibling: (name) => {
    if (name.startsWith('..')) throw new InputError({ message: `'${name}' is outside of the folder` });
    return Object.hasOwn(beside, name) ? new TextEncoder().encode(beside[name]) : undefined;
  },
});
const read = (sources: readonly ImportSource[], config = {}): ImportResult => atOnce(importer.read(sources, { row: 0, ...config }, toolContext));
const problemOf = (sources: readonly ImportSource[]): { message: string; file?: string; line?: number } => {
  try {
    read(sources);
  } catch (error) {
    if (error instanceof InputError) return error.problems[0]!;
    throw error;
  }
  throw new Error('it was read');
};

const PROBLEM = `problem:
  version: 0.4
  shape:
    name: matmul
    dimensions: [M, K, N]
    data_spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read_write: True}
  instance: {M: 8, K: 4, N: 6}
`;
const NODES = `architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "45nm", words: 64}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8, shared_bandwidth: 4}
  - !Component
    name: buffer
    class: SRAM
    attributes: {depth: 2 * words, width: 16, datawidth: 8, read_bandwidth: "max(1, 2)", n_banks: 4}
  - !Container
    name: PE
    spatial: {meshX: 4}
  - !Component
    name: mac
    class: intmac
`;
const MAPPING = `mapping:
- {target: DRAM, type: temporal, factors: [M=2], permutation: [K, N, M]}
- {target: buffer, type: temporal, factors: "M=4 K=4 N=3", permutation: K N M}
- {target: PE, type: spatial, factors: N=2}
`;
const ERT = `ERT:
  version: 0.4
  tables:
  - name: system.DRAM[1..1]
    actions: [{name: read, energy: 8}, {name: write, energy: 16}]
  - name: system.buffer[1..1]
    actions: [{name: read, energy: 1}, {name: write, energy: 2}, {name: update, energy: 3}]
  - name: system.PE[0..3].mac
    actions: [{name: compute, energy: 0.5}]
`;

describe('files of version 0.4', () => {
  const whole = read([source('arch.yaml', NODES), source('prob.yaml', PROBLEM), source('map.yaml', MAPPING), source('x.ERT.yaml', ERT)]);

  it('make workload, machine and nest', () => {
    expect(whole.workload!.layers[0]).toMatchObject({ name: 'matmul', loops: { M: 8, K: 4, N: 6 } });
    expect(Object.keys(whole.workload!.tensors)).toEqual(['A', 'B', 'Z']);
    expect(
      whole.mapping!['matmul']!.levels.map(({ storage, loops }) => [
        Object.values(storage)[0] ?? '',
        loops.map(({ loop, size, kind }) => `${loop}${size}${kind[0]}`).join(' '),
      ]),
    ).toEqual([
      ['dram', 'M2t'],
      ['core0.l1', 'M4t N3t K4t'],
      ['', 'N2s'],
    ]);
    expect(whole.machine).toMatchObject({
      blocks: { core0: { blocks: { pe: { use: 'given-cycles', with: { macsPerCycle: 4 } } } }, dram: { use: 'dram-simple' } },
    });
  });

  it('state what ports must move, and what the run costs', () => {
    // 96 steps on two elements; each reads its input of the buffer and shares it, weights of their own.
    const amounts = Object.fromEntries(whole.demands!.map(({ resource, amount, perCycle }) => [resource, [amount, perCycle]]));
    expect(amounts['mac']).toEqual([192, 2]);
    expect(amounts['DRAM shared port']).toEqual([32 + 24 + 48, 4]);
    expect(amounts['buffer read port']![1]).toBe(2);
    expect(whole.estimate).toMatchObject({ estimator: 'timeloop', energyPj: expect.any(Number) as number });
    expect(whole.capacities).toEqual([{ resource: 'buffer', bytes: 16 + 24 + 24, capacityBytes: 256, parts: 'A 16 + B 24 + Z 24' }]);
  });

  it('name what was not used, with its line', () => {
    expect(whole.unused).toContainEqual({
      file: 'arch.yaml',
      line: 14,
      path: 'architecture.nodes.2.attributes.n_banks',
      reason: "no part in Timeloop's cycles",
    });
  });

  it('may be one file, with includes and merge keys', () => {
    const files = { 'a.yaml': NODES, 'sub/p.yaml': PROBLEM };
    const together = read([
      source(
        'all.yaml',
        `{{add_to_path('sub')}}\n{{include_text('a.yaml')}}\n{{include_text("p.yaml")}}\n${MAPPING.replace('- {target: PE', '- &pe {target: PE')}`,
        files,
      ),
    ]);
    expect(together.mapping).toEqual(whole.mapping);
    const merged = NODES.replace('attributes: {width: 64, datawidth: 8, shared_bandwidth: 4}', 'attributes: {<<<: [*common], width: 64, shared_bandwidth: 4}');
    expect(read([source('m.yaml', `variables: &common {datawidth: 8, width: 1}\n${merged}`)]).machine).toEqual(read([source('arch.yaml', NODES)]).machine);
  });
});

it('keeps densities, and bounds nothing by them', () => {
  const sparse = PROBLEM.replace('N: 6}', 'N: 6, densities: {A: {distribution: fixed, density: 0.5}}}');
  const result = read([source('arch.yaml', NODES), source('prob.yaml', sparse), source('map.yaml', MAPPING)]);
  expect(result).toMatchObject({ workload: {}, mapping: {} });
  expect(result).not.toHaveProperty('demands');
  expect(result).not.toHaveProperty('estimate');
  expect(result.unused).toContainEqual({
    file: 'prob.yaml',
    line: 10,
    path: 'problem.instance.densities',
    reason: 'kept, not timed: figures are those of dense data',
  });
});

it('reads the tree of version 0.3: ranges, dashes, sums of the oldest keys', () => {
  const tree = `architecture:
  version: 0.3
  subtree:
  - name: System
    local:
    - {name: DRAM, class: DRAM, attributes: {word-bits: 8, block-size: 4, bandwidth: 8}}
    subtree:
    - name: PE[0..3]
      local:
      - {name: buffer, class: regfile, attributes: {entries: 64, word-bits: 8}}
      - {name: mac, class: intmac, attributes: {datawidth: 8}}
`;
  const map = `mapping:
- {target: DRAM, type: temporal, factors: M=0 K=4, permutation: MKN}
- {target: DRAM, type: spatial, factors: N=3, permutation: NMK, split: 0}
- {target: buffer, type: temporal, factors: N=2}
- {target: buffer, type: bypass, bypass: [A]}
`;
  const { mapping, demands, workload } = read([source('a.yaml', tree), source('p.yaml', PROBLEM.replaceAll('_', '-')), source('m.yaml', map)]);
  expect(mapping![workload!.name]!.levels[1]).toEqual({
    storage: { I: 'core0.l1', W: 'core0.l1', O: 'core0.l1' },
    loops: [{ loop: 'N', size: 3, kind: 'spatial', axis: 'Y' }],
  });
  expect(demands!.map(({ resource, perCycle }) => [resource, perCycle])).toEqual([
    ['mac', 3],
    ['DRAM read port', 4],
    ['DRAM write port', 4],
  ]);
});

it('reads the oldest grammar and problem', () => {
  const arch =
    'arch:\n  arithmetic: {instances: 16, word-bits: 8}\n  storage:\n  - {name: Registers, entries: 1, instances: 16, word-bits: 8}\n  - {name: DRAM, technology: DRAM, instances: 1, word-bits: 8, bandwidth: 20.0}\n';
  const { machine, workload } = read([
    source('simba.yaml', arch),
    source('p.yaml', 'problem: {shape: cnn-layer, R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2, N: 1, Wstride: 2}\n'),
  ]);
  expect(workload!.tensors['Inputs']!.dims).toEqual({ B: 1, C: 2, axis2: 9, axis3: 6 });
  expect(machine).toMatchObject({ clocks: { dram: '1.25 GHz' }, blocks: { dram: { with: { bytesPerCycle: 8 } } } });
});

it('reads statistics, a machine with them, and a mapping as text', () => {
  const stats = `Buffer and Arithmetic Levels
----------------------------
=== mac ===
    SPECS
    Word bits             : 8
    Instances             : 2 (2*1)
    Compute energy        : 0.50 pJ
=== buffer ===
    SPECS
        Size                            : 100
        Word bits                       : 8
        Block size                      : 2
        Instances                       : 1 (1*1)
        Shared bandwidth                : -
        Read bandwidth                  : 2.00
        Vector access energy            : 1.00 pJ
    STATS
        Word bits                       : 99
=== DRAM ===
    SPECS
        Size                            : -
        Word bits                       : 8
        Instances                       : 1 (1*1)
        Shared bandwidth                : 4.00
Networks
--------
Summary Stats
-------------
GFLOPs (@1GHz): 2.00
Utilization: 75.00%
Cycles: 128
Energy: 0.12 uJ
`;
  const text =
    'DRAM [ A:32 (32) B:24 (24) Z:48 (48) ] \n| for M in [0:8)\n\nbuffer [ A:4 (4) B:24 (24) Z:6 (6) ] \n-----\n|   for K in [0:4)\n|     for N in [0:3)\n|       for N in [0:2) (Spatial-X)\n|         << Compute >>\n';
  const { estimate, mapping, demands } = read([source('t.stats.txt', stats), source('t.map.txt', text), source('p.yaml', PROBLEM)]);
  expect(estimate).toMatchObject({ cycles: 128, energyPj: 0.12e6 });
  expect(mapping!['matmul']!.levels).toHaveLength(2);
  expect(demands!.map(({ resource }) => resource)).toEqual(['mac', 'DRAM shared port', 'buffer read port']);
});

it("reads a row of DOSA's data set", () => {
  const header =
    'target.cycle,target.energy,mapping.mapping,arch.pe,arch.meshX,arch.mem1_entries,arch.mem1_word-bits,arch.mem1_shared_bandwidth,arch.mem2_entries,arch.mem2_word-bits,arch.mem2_shared_bandwidth,prob.shape,prob.R,prob.S,prob.P,prob.Q,prob.C,prob.K,prob.N,prob.Wstride,prob.Hstride,prob.Wdilation,prob.Hdilation';
  const row = (cycles: number): string => `${cycles},0.5,L3[WIO] P2 - L2[WI] K4X - L1[O] C4 - L0[W] P4,16,4,64,32,2,4096,8,8,cnn-layer,1,1,8,1,4,4,1,1,1,1,1`;
  const result = read([source('d.csv', `${header}\n${row(7)}\n${row(64)}\n`)], { row: 1 });
  expect(result.estimate).toMatchObject({ cycles: 64, energyPj: 0.5e6 });
  expect(Math.max(...result.demands!.map(({ amount, perCycle }) => amount / perCycle))).toBe(32);
  expect(() => read([source('d.csv', `${header}\n${row(7)}`)], { row: 1 })).toThrow(/no row 1/);
});

it.each([
  ['arch.yaml', NODES, 0.9],
  ['prob.yaml', PROBLEM, 0.9],
  ['map.yaml', MAPPING, 0.9],
  ['t.yaml', ERT, 0.9],
  ['t.txt', 'DRAM [ W:1 (1) ]\n| for K in [0:2)\n', 0.9],
])('recognises %s', (name, text, least) => expect(importer.recognise(source(name, text))).toBeGreaterThanOrEqual(least));

it.each(['tesseraWorkload: 1\nproblem: {shape: x}\n', 'architecture: x86\n', 'name: a\n', '<html>'])('leaves others alone: %s', (text) => {
  expect(importer.recognise(source('x.yaml', text))).toBe(0);
});

describe('what cannot be read', () => {
  it.each([
    ['broken YAML', 'architecture:\n  nodes: [\n', /YAML syntax/, 3],
    ['a key twice', 'problem:\n  instance: {M: 1}\n  instance: {M: 1}\n', /'instance' is there twice/, 3],
    ['a dimension without bound', PROBLEM.replace('M: 8, ', ''), /bound is missing/, 10],
    ['an unknown coefficient', PROBLEM.replace('[[[M]], [[K]]]', '[[[M, stride]], [[K]]]'), /no coefficient 'stride'/, 7],
    ['instances without end', NODES.replace('meshX: 4', 'meshX: 1e12'), /1000000000000 instances/, 16],
    ['an expression that is none', NODES.replace('2 * words', 'process.exit()'), /not allowed|function/, 14],
    ['templates of other kinds', '{{ open("/etc/passwd") }}\n', /not understood/, 1],
    ['only settings of a search', 'mapper: {algorithm: random, num_threads: 4}\n', /nothing to import: it holds only mapper/, undefined],
    ['another file', 'services: {web: 1}\n', /no file of Timeloop/, 1],
    ['an alias that holds itself', 'architecture: &a\n  nodes: [*a]\n', /holds itself/, 2],
  ])('%s', (_, text, message, line) => {
    const problem = problemOf([source('bad.yaml', text)]);
    expect(problem.message).toMatch(message);
    expect(problem.file).toBe('bad.yaml');
    expect(problem.line).toBe(line);
  });

  it('includes in a circle, outside of the folder, or of nothing', () => {
    const beside = { 'a.yaml': "x: 1\n{{include_text('b.yaml')}}", 'b.yaml': "{{include_text('a.yaml')}}" };
    expect(problemOf([source('top.yaml', "{{include_text('a.yaml')}}", beside)])).toMatchObject({
      message: expect.stringMatching(/includes itself: top\.yaml > a\.yaml > b\.yaml > a\.yaml/) as string,
      file: 'b.yaml',
      line: 1,
    });
    expect(problemOf([source('top.yaml', "a: 1\n{{include_text('../secret.yaml')}}")])).toMatchObject({
      line: 2,
      message: expect.stringMatching(/outside/) as string,
    });
    expect(problemOf([source('top.yaml', "{{include_text('none.yaml')}}")]).message).toMatch(/no file 'none.yaml'/);
  });

  it.each([
    ['a level that is not there', MAPPING.replace('target: PE', 'target: cluster'), /no level 'cluster'/, 4],
    ['a factor that is none', MAPPING.replace('factors: N=2', 'factors: X=2'), /'X=2' is no factor/, 4],
    ['factors that do not reach', MAPPING.replace('N=3', 'N=1'), /loops over N cover 2 of 6/, undefined],
    ['a permutation that repeats', MAPPING.replace('K N M', 'K K M'), /dimension is there twice/, 3],
  ])('a mapping with %s', (_, mapping, message, line) => {
    const problem = problemOf([source('arch.yaml', NODES), source('prob.yaml', PROBLEM), source('map.yaml', mapping)]);
    expect(problem.message).toMatch(message);
    if (line !== undefined) expect(problem).toMatchObject({ file: 'map.yaml', line });
  });

  it('tiles that do not fit', () => {
    const small = source('arch.yaml', NODES.replace('2 * words', 'words / 32'));
    expect(problemOf([small, source('prob.yaml', PROBLEM), source('map.yaml', MAPPING)]).message).toMatch(/tiles take 64 words of buffer/);
  });

  it.each([
    ['t.stats.txt', 'Buffer and Arithmetic Levels\n=== mac ===\n', /ends before its summary/],
    ['t.map.txt', 'DRAM [ A:1 (1) ]\n| for M in [0:8)\n\nbuffer [ A:1 (1) ]\n', /breaks off/],
    ['t.map.txt', '| for M in [0:8)\n<< Compute >>\n', /before the first level/],
    ['t.map.txt', 'DRAM [ A:1 (1) ]\n| for M in [0:0)\n', /does not run/],
    ['t.map.tenssella.txt', '#error Tenssella does not support bypass.\n', /Tenssella/],
  ])('%s that is not whole', (name, text, message) => expect(problemOf([source(name, text)]).message).toMatch(message));
});
