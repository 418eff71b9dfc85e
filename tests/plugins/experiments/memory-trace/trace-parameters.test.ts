import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { runExperiment } from '../../../../core/run/run.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { TRACE_PARAMETERS, traceOf, traceValues } from '../../../../plugins/memories/dram/api.js';
import { project } from '../../../core/scenario/load-fixture.js';
import { goldenRecords } from '../../memories/dram/golden.js';

async function run(trace: string, memory = '{ refresh: none, mapping: RoBaRaCoCh }', files: Readonly<Record<string, string>> = {}) {
  const text = `tessera: 1\nkind: memory-trace\nwith:\n  memory: ${memory}\n  checkCommands: true\n  trace: ${trace}\n`;
  const file = path.join(project({ 'trace.yaml': text, ...files }), 'trace.yaml');
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
  return runExperiment(scenario, registry);
}

/** A trace of each kind with all that it must have. */
const WHOLE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  seq: { n: 8 },
  stride: { n: 8, s: 128, m: 4096 },
  rand: { n: 8, seed: 3, m: 4096 },
  stream: { n: 8, nr: 2, d: 64 },
  tile: { n: 8, r: 2, c: 2, p: 16, to: 4 },
  wb: { n: 8, b: 4, d: 0 },
  gemm: { n: 8, r1: 1, c1: 2, p1: 2, r2: 1, c2: 2, p2: 2, r3: 1, c3: 1, p3: 1 },
};

describe('parameters of a trace', () => {
  it('are known for every kind', () => expect(Object.keys(WHOLE).sort()).toEqual(Object.keys(TRACE_PARAMETERS).sort()));

  it.each(Object.entries(WHOLE).flatMap(([kind, whole]) => Object.keys(whole).map((name) => [kind, name] as const)))('%s needs %s', (kind, name) => {
    const { [name]: left, ...rest } = WHOLE[kind]!;
    expect(left).toBeDefined();
    expect(traceOf(kind, { kind, ...WHOLE[kind] })?.length).toBe(8);
    if (kind === 'stream' && name === 'nr') expect(() => traceOf(kind, rest)).toThrow(/there are no streams/);
    else expect(() => traceOf(kind, rest)).toThrow(new RegExp(`trace\\.${name}: \`${name}\` is missing`));
  });

  it.each([
    ['stride', { s: 4096 }, /trace\.s: steps of 4096 in a region of 4096 lines never leave/],
    ['stride', { s: 0 }, /trace\.s.*a whole number from 1/],
    ['stride', { w: 3 }, /trace\.w: means nothing to a trace of kind stride/],
    ['stride', { strid: 3 }, /trace\.strid: means nothing/],
    ['rand', { m: 1000 }, /trace\.m.*a power of two/],
    ['rand', { m: 2 ** 32 }, /trace\.m.*a power of two/],
    ['rand', { seed: 0 }, /trace\.seed.*stays at 0/],
    ['rand', { w: 33 }, /trace\.w.*0 to 32/],
    ['seq', { wr: 2 }, /trace\.wr.*0 \(reads\) or 1/],
    ['seq', { base: -1 }, /trace\.base/],
    ['seq', { base: 0.5 }, /trace\.base/],
    ['stream', { nr: 0 }, /there are no streams/],
    ['tile', { tr: 7 }, /trace\.tr/],
    ['tile', { c: 0 }, /trace\.c/],
    ['wb', { b: 0 }, /trace\.b/],
    ['gemm', { r3: 0 }, /trace\.r3/],
    ['stream', { n: 1e9, d: 2 ** 39 }, /trace\.n.*beyond 2\^53/],
  ])('%s refuses %o', (kind, change, message) => expect(() => traceOf(kind, { ...WHOLE[kind], ...change })).toThrow(message));

  it('those of all reference records are in order', () => {
    for (const { workload, id } of [...goldenRecords('dram-ramulator2'), ...goldenRecords('dram-dramsim3')]) {
      expect(() => traceValues(String(workload['kind']), workload), id).not.toThrow();
    }
  });

  it('are held with their place in the file', async () => {
    await expect(run('{ kind: stride, n: 64, base: 0, s: 128 }')).rejects.toThrow(/trace\.yaml:6:10: trace\.m: `m` is missing/);
    const { metrics } = await run('{ kind: stride, n: 64, s: 128, m: 8192 }');
    expect(metrics['commands.ACT']).toBe(64);
  });

  it('mean nothing beside a file, which must hold accesses', async () => {
    await expect(run('{ file: a.txt, n: 4 }', '{}', { 'a.txt': 'LD 0x0\n' })).rejects.toThrow(/trace\.n: means nothing beside `file`/);
    await expect(run('{ file: a.txt }', '{}', { 'a.txt': '# nothing\n' })).rejects.toThrow(/holds no access/);
  });
});

describe('refreshes of single banks after auto-precharges', () => {
  it.each(['HBM1-1Gbps-4Gb', 'HBM2-2000-4Gb', 'HBM3-6400-4Gb', 'LPDDR5-6400-8Gb-x16', 'LPDDR4-3200-8Gb-x16', 'GDDR6-14000-8Gb-x16'])(
    '%s: are legal',
    async (part) => {
      const timings = part.startsWith('GDDR') ? ', timings: { nREFIpb: 300 }' : '';
      const memory = `{ part: ${part}, refresh: per-bank, rowPolicy: { name: closed }, mapping: RoBaRaCoCh${timings} }`;
      for (const wr of [0, 1]) {
        const { metrics } = await run(`{ kind: seq, n: 1500, wr: ${wr} }`, memory);
        expect(metrics['commands.REFpb']).toBeGreaterThan(5);
        expect(metrics[wr === 1 ? 'commands.WRA' : 'commands.RDA']).toBeGreaterThan(5);
        expect(metrics['violations']).toBe(0);
      }
    },
  );
});
