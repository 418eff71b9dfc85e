import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { booksimConfig, cyclesOfBooksim, type MeshSettings } from '../../bench/benchmarks/booksim-config.js';
import { requestLines, type TraceSettings } from '../../bench/benchmarks/dram-trace.js';
import { settingsOf } from '../../bench/benchmarks/scenario-file.js';
import { fillIn, parsePeer, runPeer } from '../../bench/measure/peer.js';
import { traceOf } from '../../plugins/memories/dram/api.js';
import { temporaryFolder } from '../temporary-folder.js';

const scenarios = path.resolve(import.meta.dirname, '../../bench/scenarios');

function script(text: string): string {
  const file = path.join(temporaryFolder('peer'), 'peer');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a peer', () => {
  it('gets its usual arguments, unless the user names placeholders', () => {
    const binary = script('true');
    expect(parsePeer(`dramsim3=${binary} "my parts/x.ini"`).words).toEqual([binary, 'my parts/x.ini', '-c', '{cycles}', '-t', '{trace}', '-o', '{out}']);
    expect(parsePeer(`ramulator2=${binary} x.py {trace}`).words).toEqual([binary, 'x.py', '{trace}']);
    expect(path.isAbsolute(parsePeer('booksim2=sh').words[0] ?? '')).toBe(true);
  });

  it('has placeholders filled in, and unknown ones refused', () => {
    expect(fillIn(['x', 'path={trace}'], { trace: '/t' })).toEqual(['x', 'path=/t']);
    expect(() => fillIn(['{load}'], { trace: '/t' })).toThrow('no placeholder {load}; there are {trace}');
  });

  it('is run with the work of the round, and says how far it came', () => {
    const folder = temporaryFolder('peer-run');
    const peer = parsePeer(`booksim2=${script('cat "$1"; echo "Time taken is 20000 cycles"')}`);
    const config = path.join(folder, 'x.cfg');
    writeFileSync(config, 'k = 8;\n');
    const sample = runPeer(peer, { placeholders: () => ({ config }), cyclesIn: cyclesOfBooksim, bar: 1 }, folder);
    expect(sample.cycles).toBe(20_000);
    expect(sample.process).toBeGreaterThanOrEqual(0);
    expect(sample.runLoop).toBeUndefined();
  });

  it('that fails ends the run with what it said', () => {
    const peer = parsePeer(`booksim2=${script('echo "cannot parse" >&2; exit 3')}`);
    expect(() => runPeer(peer, { placeholders: () => ({ config: 'x' }), bar: 1 }, temporaryFolder('peer-fails'))).toThrow(/exit code 3: cannot parse/);
  });
});

describe('the same work for a peer', () => {
  it.each(['dram-ramulator2-seq', 'dram-ramulator2-rand', 'dram-dramsim3-low'])('has the requests of %s', (name) => {
    const settings = settingsOf<TraceSettings>(path.join(scenarios, `${name}.yaml`));
    const short = { ...settings, trace: { ...settings.trace, n: 500 } };
    const ours = traceOf(short.trace.kind, short.trace);
    const addresses = requestLines(short, 'ramulator2').map((line) => Number(line.replace('LD ', '')));
    expect(addresses).toEqual(
      Array.from({ length: 500 }, (_, i) => {
        ours?.select(i);
        return (ours?.line ?? NaN) * 64;
      }),
    );
  });

  it('has the pauses of a sparse trace in the form of DRAMsim3', () => {
    const trace = { kind: 'seq', n: 3, base: 1 } as const;
    expect(requestLines({ trace, gapCycles: 200 }, 'dramsim3')).toEqual(['0x40 READ 0', '0x80 READ 200', '0xc0 READ 400']);
  });

  it('has the network and the load of the scenario in the words of BookSim2, with the router of the reference records', () => {
    const config = booksimConfig(settingsOf<MeshSettings>(path.join(scenarios, 'noc-mesh8-039.yaml')));
    const golden = JSON.parse(readFileSync(path.resolve(scenarios, '../../tests/golden/long/noc-booksim2.json'), 'utf8')) as {
      records: { id: string; config: Record<string, unknown>; workload: Record<string, unknown> }[];
    };
    const record = golden.records.find(({ id }) => id === 'mesh8-dor-v4b8-p5-uniform@0.39');
    const said = Object.fromEntries(
      config
        .trim()
        .split('\n')
        .map((line) => (/^(\w+) = (.*);$/.exec(line) ?? []).slice(1)),
    );
    const recorded: Record<string, unknown> = { ...record?.config, ...record?.workload };
    // Only the sample period differs: the benchmark runs longer than the record.
    for (const [name, value] of Object.entries(said).filter(([key]) => key !== 'sample_period')) {
      expect([name, typeof recorded[name] === 'number' ? Number(value) : value]).toEqual([name, recorded[name]]);
    }
    expect(Object.keys(said)).toHaveLength(26);
  });
});
