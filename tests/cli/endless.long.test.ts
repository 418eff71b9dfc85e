import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { some } from '../many.js';
import { project } from './harness.js';

const BIN = path.resolve(import.meta.dirname, '../../bin/tessera.js');
const MACHINE = 'include: tessera:scenarios/machines/singlecore.yaml';
const LAYERS = 'workload: { layers: { tesseraWorkload: 1, layers: [{ name: r, operator: relu, loops: { B: 1, K: 8, OY: 8, OX: 8 } }] } }';
const TOOL = "version: '1.0.0', summary: 'For tests', configSchema: { type: 'object', additionalProperties: false, properties: {} }";
const STARTED = "process.stderr.write('begun\\n');";

const mapperOf = (body: string) => `import { definePlugin } from 'tessera-sim';
export default definePlugin({ kind: 'mapper', name: 'endless', ${TOOL}, async map() { ${body} } });`;

const blockOf = (start: string, onEvent = '') => `import { definePlugin, Phase } from 'tessera-sim';
export default definePlugin({ kind: 'network', name: 'endless', ${TOOL}, ports: {}, statistics: {}, probes: {},
  stallClasses: { idle: { role: 'rest', description: 'nothing to do' } }, describe: () => ({ kind: 'other' }),
  create: ({ kernel, path }) => { let id; const block = { start() { ${STARTED} ${start} }, finish() {}, onArrival() {}, onRoom() {}, onEvent() { ${onEvent} }, collect() { return {}; } };
    id = kernel.register(path + '.endless', block); return block; } });`;

const SCHEDULE = `tesseraSchedule: 1
name: s
tensors: { A: { dims: { N: 64 }, format: int8, role: input, home: dram } }
buffers: { b: { memory: core0.l1, bytes: 64 } }
operations:
`;
const TRANSFER = '  - { kind: transfer, queue: core0.dma, reads: [{ tensor: A }], writes: [{ buffer: b }] }\n';

interface Endless {
  readonly what: string;
  readonly scenario: string;
  readonly files: Readonly<Record<string, string>>;
  /** The result has figures: something was simulated, or could have been. Without, nothing could be told but the end. */
  readonly hasResult: boolean;
  readonly words?: readonly string[];
  /** It says on standard error when it has begun; else a signal is sent after some time. */
  readonly tells: boolean;
}

const withBlock = `machine: { ${MACHINE}, blocks: { zz: { use: endless } } }\nschedule: s.schedule.yaml\nplugins: [./p.js]\n`;
const withMapper = `machine: { ${MACHINE} }\n${LAYERS}\nmapper: endless\nplugins: [./p.js]\n`;

/** Each would go on for ever, in one way of its own. */
const ENDLESS: readonly Endless[] = [
  {
    what: 'a mapper that loops',
    scenario: withMapper,
    files: { 'p.js': mapperOf(`${STARTED} for (;;);`) },
    hasResult: true,
    tells: true,
  },
  {
    what: 'a mapper that loops after it has waited, and catches what it can',
    scenario: withMapper,
    files: { 'p.js': mapperOf(`${STARTED} await new Promise((r) => setTimeout(r, 5)); for (;;) { try { for (;;); } catch {} finally { for (;;); } }`) },
    hasResult: true,
    tells: true,
  },
  {
    what: 'operations that take no time',
    scenario: `machine: { ${MACHINE} }\nschedule: s.schedule.yaml\n`,
    files: { 's.schedule.yaml': `${SCHEDULE}  - repeat: { index: t, count: 1000000000000000 }\n    operations: [{ kind: sync, queue: s }]\n` },
    hasResult: true,
    tells: false,
  },
  {
    what: 'a block whose events bring no time to pass',
    scenario: withBlock,
    files: {
      'p.js': blockOf('kernel.schedule(id, kernel.now, Phase.compute, 0, 0);', 'kernel.schedule(id, kernel.now, Phase.compute, 0, 0);'),
      's.schedule.yaml': SCHEDULE + TRANSFER,
    },
    hasResult: true,
    tells: true,
  },
  {
    what: 'a block that loops in an event',
    scenario: withBlock,
    files: { 'p.js': blockOf('kernel.schedule(id, kernel.now, Phase.compute, 0, 0);', 'for (;;);'), 's.schedule.yaml': SCHEDULE + TRANSFER },
    hasResult: true,
    tells: true,
  },
  {
    what: 'a search through very many tiles',
    scenario: `machine: { ${MACHINE}, set: { dram.with.capacityBytes: 1000000000000000 } }
workload: { layers: { tesseraWorkload: 1, layers: [{ name: a, operator: conv, loops: { B: 1000, K: 1000, C: 1000, OY: 1000, OX: 1000, FY: 3, FX: 3 }, pad: 1 }] } }
mapper: layer-by-layer\nestimator: roofline\n`,
    files: {},
    hasResult: true,
    tells: false,
  },
  {
    what: 'an exporter that loops',
    scenario: `machine: { ${MACHINE} }\nschedule: s.schedule.yaml\noutputs: [endless]\nplugins: [./p.js]\n`,
    files: {
      'p.js': `import { definePlugin } from 'tessera-sim';
export default definePlugin({ kind: 'exporter', name: 'endless', ${TOOL}, needsTrace: false, export() { ${STARTED} for (;;); } });`,
      's.schedule.yaml': SCHEDULE + TRANSFER,
    },
    hasResult: true,
    tells: true,
  },
  {
    what: 'a plugin that loops when it is loaded',
    scenario: withMapper,
    files: { 'p.js': `${STARTED} for (;;);` },
    hasResult: false,
    tells: true,
  },
];

/** Loads of a busy machine are not measured here: what never ended before ends at all. */
const PATIENCE_MS = 60_000;

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run({ scenario, files, tells, words = [] }: Endless, end: 'limit' | NodeJS.Signals): Promise<End> {
  const limits = end === 'limit' ? 'limits: { maxWallSeconds: 2 }\n' : '';
  const folder = project({ 's.yaml': `tessera: 1\n${scenario}${limits}`, ...files });
  const child = spawn(process.execPath, [BIN, 'run', 's.yaml', '--json', '--no-plan-cache', '--allow-plugins', 'all', ...words], { cwd: folder });
  let stdout = '';
  let stderr = '';
  let isSent = end === 'limit';
  const send = (afterMs: number): void => {
    if (!isSent) setTimeout(() => child.kill(end as NodeJS.Signals), afterMs);
    isSent = true;
  };
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (stderr.includes('begun')) send(700);
  });
  if (!tells) send(6000);
  const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(kill);
  return { code, stdout, stderr };
}

describe('what would never end', () => {
  const ways = ['limit', 'SIGINT', 'SIGTERM'] as const;
  const cases = ENDLESS.flatMap((endless) => ways.map((way) => [endless.what, way, endless] as const));
  it.each(some(cases, cases.length))('%s ends: %s', { timeout: 2 * PATIENCE_MS }, async (_, way, endless) => {
    const { code, stdout, stderr } = await run(endless, way);
    // A run that is not under way for long is ended by the signal itself: nobody listens yet.
    if (way !== 'limit' && code === null) return;
    expect({ code, stderr: stderr.includes('internal') ? stderr : '' }).toEqual({ code: way === 'limit' ? 3 : 130, stderr: '' });
    if (!endless.hasResult) return;
    const result = JSON.parse(stdout) as { outcome: string; bound?: string; expectations: unknown[] };
    // The exporter comes after a run that has ended by itself, unless the machine is very busy.
    if (endless.what.startsWith('an exporter')) expect(['finished', 'bound']).toContain(result.outcome);
    else expect(result).toMatchObject(way === 'limit' ? { outcome: 'bound', bound: 'maxWallSeconds' } : { outcome: 'interrupted' });
  });
});
