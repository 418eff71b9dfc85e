import type { NetworkDescription } from '../../../../plugins/networks/noc-flit/api.js';

/** BookSim anynet text: five routers with a shortcut of 3 cycles, seven nodes. */
export const oddGraph = [
  'router 0 node 0 node 1 router 1 router 4 3',
  'router 1 node 2 router 2',
  'router 2 node 3 node 4 router 3',
  'router 3 node 5 router 4 2',
  'router 4 node 6',
].join('\n');

/** One network of every topology and routing that comes with the plugin. */
export const everyNetwork: readonly (readonly [string, NetworkDescription])[] = [
  ['mesh dim_order', { topology: 'mesh', routing: 'dim_order', options: { k: 4, n: 2 } }],
  ['mesh xy_yx', { topology: 'mesh', routing: 'xy_yx', options: { k: 4, n: 2 } }],
  ['mesh min_adapt', { topology: 'mesh', routing: 'min_adapt', options: { k: 4, n: 2 } }],
  ['mesh valiant', { topology: 'mesh', routing: 'valiant', options: { k: 4, n: 2 } }],
  ['mesh valiant_split', { topology: 'mesh', routing: 'valiant_split', options: { k: 4, n: 2 } }],
  ['mesh romm', { topology: 'mesh', routing: 'romm', options: { k: 4, n: 2 } }],
  ['mesh of three dimensions', { topology: 'mesh', routing: 'dim_order', options: { k: 3, n: 3 } }],
  ['mesh of concentration 3', { topology: 'mesh', routing: 'min_adapt', options: { k: 3, n: 2, concentration: 3 } }],
  ['torus of concentration 2', { topology: 'torus', routing: 'min_adapt', options: { k: 3, n: 2, concentration: 2 } }],
  ['mesh table', { topology: 'mesh', routing: 'table', options: { k: 3, n: 1 } }],
  ['torus dim_order', { topology: 'torus', routing: 'dim_order', options: { k: 4, n: 2 } }],
  ['torus min_adapt', { topology: 'torus', routing: 'min_adapt', options: { k: 4, n: 2 } }],
  ['torus valiant', { topology: 'torus', routing: 'valiant', options: { k: 4, n: 2 } }],
  ['torus valiant_split', { topology: 'torus', routing: 'valiant_split', options: { k: 4, n: 2 } }],
  ['ring dim_order', { topology: 'ring', routing: 'dim_order', options: { k: 8 } }],
  ['cmesh dor_no_express', { topology: 'cmesh', routing: 'dor_no_express', options: { k: 4, c: 4 } }],
  ['cmesh dor', { topology: 'cmesh', routing: 'dor', options: { k: 4, c: 4 } }],
  ['fly of one stage', { topology: 'fly', routing: 'dest_tag', options: { k: 16, n: 1 } }],
  ['fly of three stages', { topology: 'fly', routing: 'dest_tag', options: { k: 2, n: 3 } }],
  ['crossbar of 40', { topology: 'crossbar', routing: 'dest_tag', options: { k: 40 } }],
  ['bus', { topology: 'bus', routing: 'table', options: { k: 6 } }],
  ['tree', { topology: 'tree', routing: 'nca', options: { k: 2, n: 4 } }],
  ['tree table', { topology: 'tree', routing: 'table', options: { k: 3, n: 2 } }],
  ['fat tree', { topology: 'fattree', routing: 'nca', options: { k: 2, n: 4 } }],
  ['anynet', { topology: 'anynet', routing: 'min', options: { text: oddGraph.replace('router 4 3', '').replace('router 4 2', 'router 4') } }],
];
