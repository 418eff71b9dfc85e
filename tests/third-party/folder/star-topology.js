// @ts-check
import { definePlugin } from 'tessera-sim';
import { topologyPoint } from 'tessera-sim/noc-flit';

/** Hubs in a line, with `arms` nodes at each. */
export function star(/** @type {number} */ hubs, /** @type {number} */ arms) {
  const [left, right] = [arms, arms + 1];
  const channels = [];
  for (let hub = 0; hub + 1 < hubs; hub++) {
    const [here, there] = [
      { router: hub, port: right },
      { router: hub + 1, port: left },
    ];
    channels.push({ from: here, to: there, latencyCycles: 1 }, { from: there, to: here, latencyCycles: 1 });
  }
  const terminals = Array.from({ length: hubs * arms }, (_, node) => {
    const [router, port] = [Math.floor(node / arms), node % arms];
    return { router, inPort: port, outRouter: router, outPort: port, injectLatencyCycles: 1, ejectLatencyCycles: 1 };
  });
  return { routers: hubs, portsPerRouter: arms + 2, channels, terminals };
}

export default definePlugin({
  kind: 'extension',
  name: 'star',
  version: '1.0.0',
  summary: 'Hubs in a line with nodes around each',
  point: topologyPoint,
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      hubs: { type: 'integer', minimum: 1, maximum: 64, default: 1, description: 'Routers' },
      arms: { type: 'integer', minimum: 1, maximum: 16, default: 4, description: 'Nodes at each' },
    },
  },
  create: (/** @type {{ hubs: number, arms: number }} */ { hubs, arms }) => ({ name: 'star', summary: 'Hubs in a line', build: () => star(hubs, arms) }),
});
