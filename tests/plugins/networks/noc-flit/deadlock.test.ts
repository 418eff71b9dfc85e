import { describe, expect, it } from 'vitest';
import { buildMachine, completeConfig, type BlockPlugin } from '../../../../core/index.js';
import { buildGraph, builtIn, checkDeadlockFreedom, type NetworkDescription } from '../../../../plugins/networks/noc-flit/api.js';
import { findRouting } from '../../../../plugins/networks/noc-flit/catalogue.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { closedGraph, everyNetwork } from './networks.js';

const noc = nocFlitPlugin as BlockPlugin;

function verdict(description: NetworkDescription, numVcs: number, givesEmptyVcs = false) {
  return checkDeadlockFreedom(buildGraph(description, builtIn), description.options, findRouting(description, builtIn), numVcs, givesEmptyVcs);
}

describe('channel dependency graph', () => {
  const circular = everyNetwork.filter(({ description }) => !verdict(description, 4, true).free).map(({ name }) => name);

  it('is free of circles, where VCs are given empty, but for valiant, and for shortest paths where the graph is closed', () => {
    expect(circular).toEqual([
      'mesh valiant',
      'mesh valiant (size 2)',
      'mesh valiant (size 3)',
      'torus valiant',
      'torus table',
      'torus valiant (size 2)',
      'ring valiant',
      'ring table',
      'cmesh table',
      'anynet min (size 2)',
      'anynet table (size 2)',
    ]);
  });

  it.each(['mesh', 'torus'])('valiant on a %s as BookSim2 has it lets phases share channels behind the destination; split, it is free', (topology) => {
    const options = { k: 4, n: 2 };
    expect(verdict({ topology, routing: 'valiant', options }, 4).free).toBe(false);
    expect(verdict({ topology, routing: 'valiant_split', options }, 4).cycle).toEqual([]);
  });

  it.each(['mesh', 'torus'])('escape channels of min_adapt on a %s save it only where a VC is given empty', (topology) => {
    const description = { topology, routing: 'min_adapt', options: { k: 4, n: 2 } };
    expect(verdict(description, 4, true).free).toBe(true);
    expect(verdict(description, 4, false).free).toBe(false);
  });

  it('a node refuses what can stand still and says what would help', () => {
    const config = completeConfig(noc.configSchema, { routing: 'min_adapt', k: 3 }, '');
    expect(() =>
      buildMachine({ name: 'adaptive', clocks: { core: 1e9 }, blocks: [{ path: 'noc', plugin: noc, config, clock: 'core' }], connections: [] }),
    ).toThrow(/min_adapt on mesh.*can deadlock.*waitForTailCredit/s);
    const safe = { ...config, waitForTailCredit: true };
    expect(() =>
      buildMachine({ name: 'adaptive', clocks: { core: 1e9 }, blocks: [{ path: 'noc', plugin: noc, config: safe, clock: 'core' }], connections: [] }),
    ).not.toThrow();
  });

  it('shortest paths on a ring wait for each other in a circle, which is shown', () => {
    const { free, cycle } = verdict({ topology: 'ring', routing: 'table', options: { k: 5 } }, 2);
    expect(free).toBe(false);
    expect(cycle.length).toBeGreaterThanOrEqual(5);
    expect(cycle[0]).toMatch(/^r\d\.\d->r\d vc\d$/);
  });

  it('a closed graph from a file is found out', () => {
    expect(verdict({ topology: 'anynet', routing: 'min', options: { text: closedGraph } }, 4).free).toBe(false);
  });
});
