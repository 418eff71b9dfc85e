import { describe, expect, it } from 'vitest';
import { buildGraph, builtIn, checkDeadlockFreedom, type NetworkDescription } from '../../../../plugins/networks/noc-flit/api.js';
import { findRouting } from '../../../../plugins/networks/noc-flit/catalogue.js';
import { everyNetwork, oddGraph } from './networks.js';

function verdict(description: NetworkDescription, numVcs: number) {
  return checkDeadlockFreedom(buildGraph(description, builtIn), description.options, findRouting(description, builtIn), numVcs);
}

describe('channel dependency graph', () => {
  it.each(everyNetwork.filter(([, { routing }]) => routing !== 'valiant'))('%s is free of deadlock', (_name, description) => {
    const { free, cycle } = verdict(description, 4);
    expect(cycle).toEqual([]);
    expect(free).toBe(true);
  });

  it.each(['mesh', 'torus'])('valiant on a %s as BookSim2 has it lets phases share channels behind the destination; split, it is free', (topology) => {
    const options = { k: 4, n: 2 };
    expect(verdict({ topology, routing: 'valiant', options }, 4).free).toBe(false);
    expect(verdict({ topology, routing: 'valiant_split', options }, 4).cycle).toEqual([]);
  });

  it('shortest paths on a ring wait for each other in a circle, which is shown', () => {
    const { free, cycle } = verdict({ topology: 'ring', routing: 'table', options: { k: 5 } }, 2);
    expect(free).toBe(false);
    expect(cycle.length).toBeGreaterThanOrEqual(5);
    expect(cycle[0]).toMatch(/^r\d\.\d->r\d vc\d$/);
  });

  it('a closed graph from a file is found out', () => {
    expect(verdict({ topology: 'anynet', routing: 'min', options: { text: oddGraph } }, 4).free).toBe(false);
  });
});
