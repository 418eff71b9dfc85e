import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError, type InputProblem } from '../../../core/index.js';
import { loadScenario } from '../../../core/scenario/load.js';
import type { LoadedConnection, LoadedMachine } from '../../../core/scenario/loaded-scenario.js';
import { project, toyRegistry } from '../scenario/load-fixture.js';

const DIE = `
tesseraMachine: 1
clocks: { core: 1 GHz }
blocks:
  noc: { use: toy-network }
  l1: { use: toy-memory }
  core: { use: toy-core }
  aside: { blocks: { l2: { use: toy-memory } } }
connect:
  - [core.memory0, noc.node0]
  - { from: l1.port0, to: noc.node1, energyPerBitPj: 0.1 pJ/bit }
  - [aside.l2.port0, noc.node2]
`;
const MACHINE = `
tesseraMachine: 1
clocks: { package: 2 GHz }
chiplets:
  die0: { include: die.yaml }
  die1: { include: die.yaml, voltage: 0.6 V, nominalVoltage: 0.8 V }
blocks:
  hub: { use: toy-network }
connect:
  - { from: die0.noc.node9, to: hub.node0, clock: package, widthBits: 128, fromWidthBits: 512, pipelined: false }
  - [die1.noc.node9, hub.node1]
`;
const SCENARIO = `
tessera: 1
machine: { include: machine.yaml }
workload: { layers: [] }
mapper: toy-mapper
`;

async function load(set: Readonly<Record<string, unknown>> = {}, changes: Readonly<Record<string, string>> = {}): Promise<LoadedMachine> {
  const folder = project({ 'die.yaml': DIE, 'machine.yaml': MACHINE, 's.yaml': SCENARIO, ...changes });
  const { scenario } = await loadScenario(path.join(folder, 's.yaml'), toyRegistry(), { set });
  return scenario.machine as LoadedMachine;
}

async function problemsOf(set: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, string>> = {}): Promise<readonly InputProblem[]> {
  try {
    await load(set, changes);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error('loaded without a problem');
}

const supplies = ({ blocks }: LoadedMachine): Record<string, number | undefined> =>
  Object.fromEntries(blocks.map(({ path: at, supply }) => [at, supply?.voltage]));
const connection = (machine: LoadedMachine, from: string): LoadedConnection | undefined => machine.connections.find((one) => one.from === from);

describe('voltage', () => {
  it('of a chiplet holds for its blocks, groups and connections, and for nothing else', async () => {
    const machine = await load();
    expect(supplies(machine)).toEqual({
      'die0.aside.l2': undefined,
      'die0.core': undefined,
      'die0.l1': undefined,
      'die0.noc': undefined,
      'die1.aside.l2': 0.6,
      'die1.core': 0.6,
      'die1.l1': 0.6,
      'die1.noc': 0.6,
      hub: undefined,
    });
    expect(connection(machine, 'die1.l1.port0')?.supply).toEqual({ voltage: 0.6, nominalVoltage: 0.8 });
    expect(connection(machine, 'die0.l1.port0')?.supply).toBeUndefined();
  });

  it('is set by path: of a chiplet, a pattern, a group, a block, the whole machine', async () => {
    expect(supplies(await load({ 'machine.die1.voltage': '700 mV' }))).toMatchObject({ 'die1.core': 0.7, 'die1.aside.l2': 0.7, hub: undefined });
    const both = await load({ 'machine.die*.nominalVoltage': 1, 'machine.die*.voltage': 0.5 });
    expect(supplies(both)).toMatchObject({ 'die0.noc': 0.5, 'die1.noc': 0.5, hub: undefined });
    expect(connection(both, 'die0.l1.port0')?.supply).toEqual({ voltage: 0.5, nominalVoltage: 1 });
    expect(supplies(await load({ 'machine.die1.aside.voltage': 0.9 }))).toMatchObject({ 'die1.aside.l2': 0.9, 'die1.l1': 0.6 });
    expect(supplies(await load({ 'machine.die1.l1.voltage': 0.9 }))).toMatchObject({ 'die1.aside.l2': 0.6, 'die1.l1': 0.9 });
    expect(supplies(await load({ 'machine.nominalVoltage': 1 }))).toMatchObject({ 'die0.l1': 1, 'die1.l1': 0.6, hub: 1 });
  });

  it('stated around is inherited, stated inside goes before', async () => {
    const outer = MACHINE.replace('chiplets:', 'voltage: 0.9\nnominalVoltage: 1.0\nchiplets:');
    expect(supplies(await load({}, { 'machine.yaml': outer }))).toMatchObject({ hub: 0.9, 'die0.core': 0.9, 'die1.core': 0.6 });
    const block = DIE.replace('l1: { use: toy-memory }', 'l1: { use: toy-memory, voltage: 0.75 }');
    expect(supplies(await load({}, { 'die.yaml': block, 'machine.yaml': outer }))).toMatchObject({ 'die0.l1': 0.75, 'die1.l1': 0.75, 'die0.core': 0.9 });
  });

  it('needs a nominal one, a number of volts, and a path that exists', async () => {
    const alone = await problemsOf({}, { 'machine.yaml': MACHINE.replace(', nominalVoltage: 0.8 V', '') });
    expect(alone).toHaveLength(1);
    expect(alone[0]).toMatchObject({ line: 6, message: "a voltage needs 'nominalVoltage': at which its energy figures hold" });
    expect(alone[0]?.file).toContain('machine.yaml');
    expect((await problemsOf({ 'machine.die1.voltage': '1 GHz' }))[0]).toMatchObject({ path: 'die1.voltage' });
    expect((await problemsOf({ 'machine.die1.voltage': 0 }))[0]).toMatchObject({ path: 'die1.voltage' });
    expect((await problemsOf({ 'machine.die7.voltage': 1 }))[0]?.message).toBe("no parameter 'die7.voltage'");
    expect((await problemsOf({ 'machine.die1.noc.voltag': 1 }))[0]).toMatchObject({ nearest: 'die1.noc.voltage' });
  });
});

describe('clock of one chiplet', () => {
  it.each(['machine.clocks.die1.core', 'machine.die1.clocks.core'])('is set by %s', async (name) => {
    const machine = await load({ [name]: '500 MHz' });
    expect(machine.clocks).toEqual({ package: 2e9, 'die0.core': 1e9, 'die1.core': 5e8 });
  });

  it('names the nearest for one that is not there', async () => {
    expect((await problemsOf({ 'machine.die1.clocks.cor': 1e9 }))[0]).toMatchObject({ message: "unknown clock 'die1.cor'", nearest: 'die1.core' });
  });
});

describe('connections', () => {
  it('state clock, widths, pipelining and energy', async () => {
    const machine = await load();
    expect(connection(machine, 'die0.noc.node9')).toMatchObject({ clock: 'package', widthBits: 128, fromWidthBits: 512, pipelined: false });
    expect(connection(machine, 'die0.l1.port0')).toMatchObject({ energyPerBitPj: 0.1 });
  });

  it('are set by path, every key, counted in the machine or chiplet of the set', async () => {
    const set = {
      toWidthBits: '32 B',
      conversionCycles: 2,
      pipelined: true,
      energyPerBitPj: '50 fJ/bit',
      clock: 'die1.core',
      latencyCycles: 7,
      widthBits: 256,
      depth: 2,
      voltage: 0.4,
      nominalVoltage: 0.5,
    };
    const machine = await load(Object.fromEntries(Object.entries(set).map(([key, value]) => [`machine.connect.6.${key}`, value])));
    const { place: _, ...found } = connection(machine, 'die0.noc.node9') as LoadedConnection;
    expect(found).toEqual({
      from: 'die0.noc.node9',
      to: 'hub.node0',
      latencyCycles: 7,
      widthBits: 256,
      fromWidthBits: 512,
      toWidthBits: 256,
      conversionCycles: 2,
      pipelined: true,
      energyPerBitPj: 0.05,
      depth: 2,
      clock: 'die1.core',
      supply: { voltage: 0.4, nominalVoltage: 0.5 },
    });
    const inside = await load(
      {},
      { 'machine.yaml': MACHINE.replace('die1: { include: die.yaml,', 'die1: { include: die.yaml, set: { connect.1.latencyCycles: 9 },') },
    );
    expect(connection(inside, 'die1.l1.port0')?.latencyCycles).toBe(9);
    expect(connection(inside, 'die0.l1.port0')?.latencyCycles).toBe(1);
  });

  it('refuse what does not fit', async () => {
    const widths = await problemsOf({}, { 'machine.yaml': MACHINE.replace('fromWidthBits: 512', 'fromWidthBits: 96') });
    expect(widths[0]).toMatchObject({
      path: 'connect die0.noc.node9 <-> hub.node0',
      message: 'neither of 96 and 128 bits is a multiple of the other',
      line: 10,
    });
    expect((await problemsOf({ 'machine.connect.6.latencyCycles': 0 }))[0]).toMatchObject({
      path: 'connect.6.latencyCycles',
      expected: expect.stringContaining('>= 1') as string,
    });
    expect((await problemsOf({ 'machine.connect.6.widthBit': 8 }))[0]).toMatchObject({ nearest: expect.stringContaining('widthBits') as string });
    expect((await problemsOf({ 'machine.connect.60.widthBits': 8 }))[0]).toMatchObject({ message: 'no connection 60', expected: '0 to 7' });
    expect((await problemsOf({ 'machine.connect.6.clock': 'die1.cor' }))[0]).toMatchObject({ message: "unknown clock 'die1.cor'", nearest: 'die1.core' });
  });
});
