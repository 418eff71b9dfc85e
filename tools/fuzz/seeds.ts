import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** How a file is read, and so how it can be changed with sense. */
export type Form = 'yaml' | 'json' | 'ndjson' | 'onnx' | 'text' | 'bytes';

/** A file of the project that is changed, and a command that reads it. */
export interface Seed {
  readonly form: Form;
  /** Relative to the project. */
  readonly file: string;
  readonly command: readonly string[];
}

/**
 * No input may run for long by its own right: the time that is left is the tool's. Where events are not counted (mapping), the wall clock ends
 * it, late enough that a busy machine gives the same answers.
 */
const LIMITS = ['--set', 'limits.maxWallSeconds=10', '--set', 'limits.maxEvents=50000'];
/** Without limits: what the unchanged files give, however busy the machine is. */
const wholeRun = (file: string): string[] => ['run', file, '--no-progress', '--no-plan-cache'];
const run = (file: string): string[] => [...wholeRun(file), ...LIMITS];
const RECORDS_KEPT = 2;

const TINY_MACHINE = `tesseraMachine: 1
name: tiny
clocks: { core: 1 GHz, slow: 877 MHz }
blocks:
  pe: { use: systolic, with: { rows: 16, columns: 16, dataflow: weight-stationary } }
  l1: { use: sram, with: { capacityBytes: 64 KiB } }
  dma: { use: dma, with: { burstBytes: 512 } }
  noc: { use: ideal }
  dram: { use: dram-simple, clock: slow }
connect:
  - [pe.memory0, l1.port0]
  - { from: dma.local, to: l1.port1, widthBits: 128, latencyCycles: 2 }
  - [dma.network, noc.node0]
  - [dram.port0, noc.node1]
`;

const tinyScenario = (schedule: string): string => `tessera: 1
name: tiny
seed: 1
machine: { include: tiny-machine.yaml, set: { l1.with.capacityBytes: 32 KiB, 'd*.with.burstBytes': 256 } }
schedule: ${schedule}
estimator: { use: roofline }
expect: { violations: 0, cycles: { atMost: 1e6 } }
`;

const TINY_SCHEDULE = `tesseraSchedule: 1
name: one-tile
tensors:
  X: { dims: { M: 16, K: 32 }, format: int8, role: input, home: dram }
  W: { dims: { N: 16, K: 32 }, format: int8, role: constant, home: dram }
  O: { dims: { M: 16, N: 16 }, format: int8, role: output, home: dram }
buffers:
  weights: { memory: l1, bytes: 512 }
  in: { memory: l1, bytes: 512 }
  out: { memory: l1, bytes: 256 }
layers:
  gemm: { operator: gemm, loops: { OX: 16, K: 16, C: 32 } }
operations:
  - { kind: transfer, queue: dma, layer: gemm, reads: [{ tensor: W }], writes: [{ buffer: weights }] }
  - repeat: { index: t, count: 2 }
    operations:
      - { kind: transfer, queue: dma, layer: gemm, reads: [{ tensor: X, box: { M: ['=8*t', '=8*t+8'] } }], writes: [{ buffer: in }] }
      - kind: compute
        queue: pe
        layer: gemm
        operator: gemm
        at: { OX: '=8*t' }
        loops: { OX: 8, K: 16, C: 32 }
        reads: [{ buffer: in, tensor: X, box: { M: ['=8*t', '=8*t+8'] }, operand: I }, { buffer: weights, operand: W }]
        writes: [{ buffer: out, tensor: O, box: { M: ['=8*t', '=8*t+8'] }, operand: O }]
      - { kind: transfer, queue: dma, layer: gemm, reads: [{ buffer: out, tensor: O }], writes: [{ tensor: O, box: { M: ['=8*t', '=8*t+8'] } }] }
`;

const LAYERS = `tessera: 1
name: layers
machine: { include: machines/singlecore.yaml }
workload: { layers: models/two-layers.yaml }
mapper: { use: layer-by-layer }
estimator: { use: roofline }
`;

const MEMORY_TRACE = `tessera: 1
name: trace
kind: memory-trace
with: { memory: { part: DDR4-2400R-8Gb-x8 }, trace: { file: lines.csv }, checkCommands: true }
`;

const TINY_SUITE = `tesseraSuite: 1
name: sweep
scenarios: [tiny.yaml, examples/noc-trace.yaml]
set: { seed: 3 }
axes: { limits.maxCycles: [1000, 2000], seed: [1, 2] }
`;

/** Lays the files that are changed into a folder, made of those of the repository, and says which command reads each. */
export function prepareSeeds(root: string, folder: string): Seed[] {
  for (const part of ['examples', 'machines', 'models', 'quickstart']) cpSync(path.join(root, 'scenarios', part), path.join(folder, part), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write('package.json', '{}');
  write('tiny-machine.yaml', TINY_MACHINE);
  for (const ending of ['yaml', 'json', 'ndjson']) write(ending === 'yaml' ? 'tiny.yaml' : `tiny-${ending}.yaml`, tinyScenario(`tiny.schedule.${ending}`));
  write('tiny.schedule.yaml', TINY_SCHEDULE);
  const { operations, ...header } = parse(TINY_SCHEDULE) as { operations: object[] };
  write('tiny.schedule.json', JSON.stringify({ ...header, operations }, undefined, 1));
  write('tiny.schedule.ndjson', [header, ...operations].map((line) => JSON.stringify(line)).join('\n'));
  write('layers.yaml', LAYERS);
  write('trace.yaml', MEMORY_TRACE);
  write('lines.csv', Array.from({ length: 60 }, (_, i) => `0x${(i * 4160).toString(16)},${i % 3 === 0 ? 'W' : 'R'}`).join('\n'));
  write('tiny.suite.yaml', TINY_SUITE);
  return [...descriptions(folder), ...documents(root, folder), ...models(folder)];
}

function descriptions(folder: string): Seed[] {
  const tiny = ['tiny.yaml', 'tiny-machine.yaml', 'tiny.schedule.yaml'].map((file): Seed => ({ form: 'yaml', file, command: run('tiny.yaml') }));
  const examples = readdirSync(path.join(folder, 'examples')).filter((name) => name.endsWith('.yaml'));
  const scenarios = examples.filter((name) => !/\.(suite|schedule)\.yaml$/.test(name)).map((name) => `examples/${name}`);
  const schedules = examples.filter((name) => name.endsWith('.schedule.yaml'));
  const scenarioOf = (name: string): string =>
    `examples/${name === 'hand-written.schedule.yaml' ? 'hand-written-schedule.yaml' : name.replace('.schedule', '')}`;
  const machine = (file: string): string[] => [...run('layers.yaml'), '--set', `machine.include=${file}`];
  return [
    ...tiny,
    ...tiny,
    { form: 'yaml', file: 'tiny.yaml', command: ['validate', 'tiny.yaml', '--no-progress', ...LIMITS] },
    { form: 'yaml', file: 'tiny.yaml', command: ['run', 'tiny.yaml', '--print-config'] },
    { form: 'yaml', file: 'tiny.yaml', command: [...run('tiny.yaml'), '-o', 'out'] },
    { form: 'yaml', file: 'tiny.suite.yaml', command: ['suite', 'tiny.suite.yaml', '--no-progress', ...LIMITS, '--junit', 'junit.xml'] },
    { form: 'yaml', file: 'models/two-layers.yaml', command: run('layers.yaml') },
    { form: 'yaml', file: 'models/two-layers.yaml', command: ['workload', 'models/two-layers.yaml'] },
    { form: 'yaml', file: 'models/two-layers.yaml', command: [...run('layers.yaml'), '--set', 'mapper.use=depth-first'] },
    { form: 'yaml', file: 'trace.yaml', command: run('trace.yaml') },
    ...scenarios.map((file): Seed => ({ form: 'yaml', file, command: run(file) })),
    ...schedules.map((name): Seed => ({ form: 'yaml', file: `examples/${name}`, command: run(scenarioOf(name)) })),
    ...readdirSync(path.join(folder, 'machines')).map((name): Seed => ({ form: 'yaml', file: `machines/${name}`, command: machine(`machines/${name}`) })),
  ];
}

/** JSON that the tool itself has written, records of references, and stored results. */
function documents(root: string, folder: string): Seed[] {
  const tessera = (...words: string[]): string =>
    execFileSync(process.execPath, [path.join(root, 'bin/tessera.js'), ...words], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const name of ['tiny', 'examples/noc-trace'])
    writeFileSync(path.join(folder, `${path.basename(name)}.result.json`), tessera(...wholeRun(`${name}.yaml`), '--json'));
  tessera('suite', 'tiny.yaml', '--no-progress', '--store', 'store');
  tessera(...wholeRun('tiny.yaml'), '--checkpoint', 'tiny.checkpoint', '--checkpoint-at', '200');
  const stored = readdirSync(path.join(folder, 'store'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const references = ['dram-dramsim3', 'dram-ramulator2', 'noc-booksim2'].map((name) => {
    const document = JSON.parse(readFileSync(path.join(root, 'tests/golden', `${name}.json`), 'utf8')) as { records: unknown[] };
    mkdirSync(path.join(folder, 'references'), { recursive: true });
    writeFileSync(
      path.join(folder, 'references', `${name}.json`),
      JSON.stringify({ ...document, records: document.records.slice(0, RECORDS_KEPT) }, undefined, 1),
    );
    return `references/${name}.json`;
  });
  const json = (file: string, ...command: string[]): Seed => ({ form: 'json', file, command });
  return [
    json('tiny.schedule.json', ...run('tiny-json.yaml')),
    json('tiny.schedule.json', ...run('tiny-json.yaml')),
    json('tiny.result.json', 'report', 'tiny.result.json', '-o', 'out'),
    json('tiny.result.json', 'compare', 'tiny.result.json', 'tiny.result.json'),
    json('noc-trace.result.json', 'report', 'noc-trace.result.json', '-o', 'out'),
    ...references.map((file) => json(file, 'crosscheck', file, '--no-progress', '--timeout', '5')),
    ...stored.map((file) => json(`store/${file}`, 'suite', 'tiny.yaml', '--no-progress', '--store', 'store')),
    ...Array.from({ length: 3 }, (): Seed => ({ form: 'ndjson', file: 'tiny.schedule.ndjson', command: run('tiny-ndjson.yaml') })),
    ...Array.from({ length: 3 }, (): Seed => ({ form: 'text', file: 'lines.csv', command: run('trace.yaml') })),
    { form: 'text', file: 'examples/noc-trace.packets.txt', command: run('examples/noc-trace.yaml') },
    { form: 'bytes', file: 'tiny.checkpoint', command: [...run('tiny.yaml'), '--resume', 'tiny.checkpoint'] },
  ];
}

function models(folder: string): Seed[] {
  const files = readdirSync(path.join(folder, 'models')).filter((name) => name.endsWith('.onnx'));
  return files.map((name): Seed => ({ form: 'onnx', file: `models/${name}`, command: ['workload', `models/${name}`] }));
}
