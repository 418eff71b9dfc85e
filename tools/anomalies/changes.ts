import type { LayerChoice, RandomCase } from './machines.js';

/** From here on a slowdown is an anomaly. */
export const LEAST_SLOWDOWN = 0.01;

/** More of one resource, or more work; of cases that lack what it changes, nothing. */
export interface Change {
  readonly name: string;
  /** `faster`: the changed case should not be slower. `slower`: it should not be faster. */
  readonly expects: 'faster' | 'slower';
  readonly apply: (drawn: RandomCase) => RandomCase | undefined;
}

const LINK_WIDTH: Readonly<Record<string, string>> = { bus: 'widthBits', 'mesh-packet': 'linkWidthBits', 'noc-flit': 'flitBits' };

export const CHANGES: readonly Change[] = [
  faster('dram channels', (drawn) => ({ ...drawn, dram: { ...drawn.dram, with: twice(drawn.dram.with, 'channels') } })),
  faster('dma width', (drawn) => ({ ...drawn, dma: twice(drawn.dma, 'widthBits') })),
  faster('dma burst bytes', (drawn) => ({ ...drawn, dma: twice(drawn.dma, 'burstBytes') })),
  faster('dma outstanding', (drawn) => ({ ...drawn, dma: twice(drawn.dma, 'outstandingBursts') })),
  faster('dma descriptors', (drawn) => ({ ...drawn, dma: twice(drawn.dma, 'descriptorsInFlight') })),
  faster('memory clock', (drawn) => ({ ...drawn, memoryMegahertz: drawn.memoryMegahertz * 2 })),
  faster('sram banks', (drawn) => ({ ...drawn, sram: twice(drawn.sram, 'banks') })),
  faster('sram port width', (drawn) => ({ ...drawn, sram: twice(drawn.sram, 'portWidthBits') })),
  faster('sram capacity', (drawn) => ({ ...drawn, sram: twice(drawn.sram, 'capacityBytes') })),
  faster('link width', (drawn) => {
    const key = LINK_WIDTH[drawn.network.use];
    return key === undefined ? undefined : { ...drawn, network: { ...drawn.network, with: twice(drawn.network.with, key) } };
  }),
  faster('array rows', (drawn) => ({ ...drawn, array: twice(drawn.array, 'rows') })),
  faster('array columns', (drawn) => ({ ...drawn, array: twice(drawn.array, 'columns') })),
  faster('cores', twiceTheCores),
  { name: 'batch', expects: 'slower', apply: (drawn) => ({ ...drawn, layers: drawn.layers.map(twiceTheBatch) }) },
];

function faster(name: string, apply: Change['apply']): Change {
  return { name, expects: 'faster', apply };
}

function twice(options: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return { ...options, [key]: 2 * (options[key] as number) };
}

/** Up to four; routers of a mesh that only the larger machine has lie behind those that both have. */
function twiceTheCores(drawn: RandomCase): RandomCase | undefined {
  if (drawn.cores > 2) return undefined;
  const cores = drawn.cores * 2;
  const { network } = drawn;
  if (network.use !== 'mesh-packet') return { ...drawn, cores };
  return { ...drawn, cores, network: { ...network, with: { ...network.with, columns: 2, rows: Math.ceil(cores / 2) } } };
}

function twiceTheBatch(layer: LayerChoice): LayerChoice {
  return { ...layer, loops: { ...layer.loops, B: 2 } };
}
