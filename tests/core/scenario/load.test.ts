import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.js';
import { loadScenario } from '../../../core/scenario/load.js';
import type { LoadedScenario } from '../../../core/scenario/loaded-scenario.js';
import { MACHINE, project, SCENARIO, toyRegistry } from './load-fixture.js';

async function load(files: Record<string, string>, set: Record<string, unknown> = {}): Promise<LoadedScenario> {
  const folder = project({ 'machine.yaml': MACHINE, 's.yaml': SCENARIO, ...files });
  return (await loadScenario(path.join(folder, 's.yaml'), toyRegistry(), { set })).scenario;
}

async function failure(files: Record<string, string>, set: Record<string, unknown> = {}): Promise<string> {
  try {
    await load(files, set);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('this was accepted');
}

const blockOf = (scenario: LoadedScenario, at: string) => scenario.machine?.blocks.find((block) => block.path === at);

describe('loading a machine', () => {
  it('writes equal tiles out and fills in defaults', async () => {
    const scenario = await load({});
    expect(scenario.machine?.blocks.map((block) => block.path)).toEqual([
      'core0.l1',
      'core0.pe',
      'core1.l1',
      'core1.pe',
      'core2.l1',
      'core2.pe',
      'core3.l1',
      'core3.pe',
      'dram',
      'noc',
    ]);
    expect(blockOf(scenario, 'core2.l1')?.config).toEqual({ capacityBytes: 524288, share: 0.5, energy: { readPj: 1 } });
    expect(blockOf(scenario, 'dram')?.clock).toBe('slow');
    expect(scenario.machine?.connections).toHaveLength(9);
    expect(scenario.machine?.connections[8]).toMatchObject({ from: 'dram.port0', to: 'noc.node4', latencyCycles: 5, widthBits: 128 });
    expect(scenario.machine?.clocks).toEqual({ core: 1e9, slow: 877e6 });
  });

  it('changes parameters by path, also by pattern, and from the command line', async () => {
    const withSet = SCENARIO.replace(
      '{ include: machine.yaml }',
      "{ include: machine.yaml, set: { 'core*.l1.with.capacityBytes': 64 KiB, core1.l1.with.energy.readPj: 2 nJ, clocks.slow: 1.2 GHz, connect.8.latencyCycles: 7 } }",
    );
    const fixed = await load({ 's.yaml': withSet }, { 'machine.noc.with.linkWidthBits': '256 bit', seed: 9, 'mapper.with.tile.OY': 4 });
    expect(blockOf(fixed, 'core3.l1')?.config['capacityBytes']).toBe(65536);
    expect(blockOf(fixed, 'core1.l1')?.config['energy']).toEqual({ readPj: 2000 });
    expect(blockOf(fixed, 'core2.l1')?.config['energy']).toEqual({ readPj: 1 });
    expect(blockOf(fixed, 'noc')?.config['linkWidthBits']).toBe(256);
    expect(fixed.machine?.clocks['slow']).toBe(1.2e9);
    expect(fixed.machine?.connections[8]?.latencyCycles).toBe(7);
    expect(fixed.seed).toBe(9);
    expect(fixed.mapper?.config).toEqual({ tile: { OY: 4 } });
  });

  it('puts a machine inside a machine', async () => {
    const package2 = `
clocks: { pkg: 2 GHz }
chiplets:
  die0: { include: machine.yaml, set: { noc.with.linkWidthBits: 32 } }
  die1: { include: machine.yaml }
blocks:
  bridge: { use: toy-network }
connect:
  - [die0.noc.node9, bridge.node0]
  - [die1.noc.node9, bridge.node1]
`;
    const scenario = await load({ 'package.yaml': package2, 's.yaml': SCENARIO.replace('machine.yaml', 'package.yaml') });
    expect(scenario.machine?.blocks).toHaveLength(21);
    expect(blockOf(scenario, 'die0.noc')?.config['linkWidthBits']).toBe(32);
    expect(blockOf(scenario, 'die1.noc')?.config['linkWidthBits']).toBe(64);
    expect(blockOf(scenario, 'die1.core0.pe')?.clock).toBe('die1.core');
    expect(blockOf(scenario, 'die1.dram')?.clock).toBe('die1.slow');
    expect(scenario.machine?.referenceClock).toBe('pkg');
  });

  it('lays the including file over the included one and hashes both', async () => {
    const over = SCENARIO.replace('{ include: machine.yaml }', '{ include: machine.yaml, blocks: { dram: { with: { capacityBytes: 2 GiB } } } }');
    const scenario = await load({ 's.yaml': over });
    expect(blockOf(scenario, 'dram')?.config['capacityBytes']).toBe(2 ** 31);
    expect(Object.keys(scenario.inputs)).toEqual(['machine.yaml', 's.yaml']);
  });

  it('takes a machine of another tool, whose importer has parameters with paths too', async () => {
    const imported = { 'a.txt': 'board', 's.yaml': SCENARIO.replace('include: machine.yaml', 'import: { file: a.txt }') };
    expect((await load(imported)).machine?.clocks['slow']).toBe(1e9);
    expect((await load(imported, { 'machine.import.with.slowHz': 5e8, 'machine.dram.with.share': 0.25 })).machine?.clocks['slow']).toBe(5e8);
    expect(await failure(imported, { 'machine.import.with.slowHz': 0 })).toMatch(/command line: machine\.import\.with\.slowHz: 0 is out of range/);
    expect(await failure({ ...imported, 'a.txt': 'else' })).toContain("no importer reads a machine from 'a.txt'; expected a file that 'toy-board' recognises");
  });

  it('loads a scenario of another kind without a machine', async () => {
    const scenario = await load({
      's.yaml': 'tessera: 1\nkind: toy-traffic\nwith: { load: 0.5 }\nexpect: { latency: { atMost: 3 }, x: 4, y: { near: 10, within: 8% } }',
    });
    expect(scenario.experiment).toMatchObject({ use: 'toy-traffic', config: { load: 0.5 } });
    expect(scenario.expectations).toMatchObject([
      { metric: 'latency', atMost: 3 },
      { metric: 'x', equals: 4 },
      { metric: 'y', near: 10, within: 0.08 },
    ]);
    expect(scenario.name).toBe('s');
  });
});

describe('where an error is', () => {
  it('is told in the file where the value really stands', async () => {
    const text = await failure({ 'machine.yaml': MACHINE.replace('capacityBytes: 512 KiB', 'capacityBytes: 512 KHz') });
    expect(text).toMatch(/machine\.yaml:7:\d+: core0\.l1\.with\.capacityBytes: '512 KHz' has the wrong unit 'KHz'; expected a number in B/);
  });

  it('is the line of the set that did it', async () => {
    const text = await failure({ 's.yaml': SCENARIO.replace('machine.yaml }', 'machine.yaml,\n  set: { noc.with.linkWidthBit: 3 } }') });
    expect(text).toMatch(/s\.yaml:5:\d+: noc\.with\.linkWidthBit: unknown key 'linkWidthBit'.*did you mean 'linkWidthBits'/);
  });

  it('is the command line for what is inside of a value given there', async () => {
    const unknown = failure({}, { bind: { 'no-service': 'nobody' } });
    expect(await unknown).toMatch(/command line: bind\.no-service: unknown service 'no-service'/);
    const nested = failure({}, { 'machine.dram.with': { energy: { readPj: -1 } } });
    expect(await nested).toMatch(/command line: dram\.with\.energy\.readPj: -1 is out of range/);
  });

  it('comes with all other errors of the file', async () => {
    const text = await failure({
      'machine.yaml': MACHINE.replace('rows: 32', 'rows: 0').replace('use: toy-network', 'use: toy-netwrk').replace('clock: slow', 'clock: slo'),
    });
    expect(text).toContain('0 is out of range; expected an integer >= 1 and <= 1024');
    expect(text).toContain("unknown block plugin 'toy-netwrk'");
    expect(text).toContain("did you mean 'toy-network'");
    expect(text).toContain("unknown clock 'slo'");
  });
});
