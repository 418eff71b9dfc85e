import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { definePlugin } from '../../../../core/index.js';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { loadScenario } from '../../../../core/scenario/load.js';
import { runExperiment } from '../../../../core/run/run.js';
import { builtinPlugins } from '../../../../plugins/index.js';
import { routingPoint, type RouteQuery, type RouteSet, type Routing } from '../../../../plugins/networks/noc-flit/api.js';

/** y first, then x, on an 8 x 8 mesh. */
const yFirst: Routing = {
  name: 'y-first',
  summary: 'y, then x',
  topologies: ['mesh'],
  minVcs: 1,
  create: ({ numVcs }) => ({
    maxRequests: 1,
    route({ router, destination }: RouteQuery, set: RouteSet): void {
      const [x, y, toX, toY] = [router % 8, router >> 3, destination % 8, destination >> 3];
      const port = y !== toY ? (y < toY ? 2 : 3) : x !== toX ? (x < toX ? 0 : 1) : 4;
      set.add(port, 0, numVcs - 1, 0);
    },
  }),
};

describe('a routing function of another plugin', () => {
  it('is one word in the scenario, and mirrors dimension order', async () => {
    const extension = definePlugin({ kind: 'extension', name: 'y-first', version: '1.0.0', summary: 'y, then x', point: routingPoint, value: yFirst });
    const file = path.resolve(import.meta.dirname, '../../../../scenarios/examples/noc-adversarial.yaml');
    const run = async (routing: string) => {
      const { scenario, registry } = await loadScenario(file, new PluginRegistry([...builtinPlugins, extension]), {
        set: { 'with.routing': routing, 'with.load': 0.05 },
      });
      return (await runExperiment(scenario, registry)).metrics;
    };
    const [own, built] = [await run('y-first'), await run('dim_order')];
    expect(own['hops']).toBe(built['hops']);
    expect(Math.abs(own['packetLatency']! / built['packetLatency']! - 1)).toBeLessThan(0.03);
    expect(own['packetLatency']).not.toBe(built['packetLatency']);
  });
});
