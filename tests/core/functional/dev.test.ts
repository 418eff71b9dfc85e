import { it } from 'vitest';
import depthFirst from '../../../plugins/mappers/depth-first/index.js';
import layerByLayer from '../../../plugins/mappers/layer-by-layer/index.js';
import { differenceText } from '../../../core/result/verdict.js';
import { ARRAYS, carryOut, mapped, randomWorkload, tiles } from './support.js';

it('random', async () => {
  let equal = 0;
  const t0 = process.cpuUsage().user;
  for (const [name, plugin, config] of [
    ['lbl', layerByLayer, {}],
    ['lbl nofold', layerByLayer, { foldElementwise: false }],
    ['df', depthFirst, {}],
    ['df re', depthFirst, { halo: 'recomputed', tile: { OY: 2 } }],
    ['df 2d', depthFirst, { tile: { OY: 2, OX: 3 } }],
    ['df layers', depthFirst, { placement: 'layers' }],
  ] as const)
    for (const array of Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])
      for (let seed = 0; seed < Number(process.env['N'] ?? 10); seed++) {
        const workload = randomWorkload(seed);
        const spec = tiles(1 + (seed % 4), array, [4096, 8192, 65536][seed % 3]!);
        const what = `${name} ${array} seed ${seed}: ${workload.layers.map((l) => `${l.operator} ${JSON.stringify(l.loops)} ${l.operands.map((o) => o.format)}`).join(' | ')}`;
        try {
          const { values, isDone, violations } = await carryOut(spec, mapped(plugin, spec, workload, config), workload);
          if (!isDone || violations.length > 0 || !values.equal || values.compared === 0 || values.notes.length)
            console.log(what, isDone, violations[0]?.message, differenceText(values), JSON.stringify(values.notes));
          else equal++;
        } catch (error) {
          console.log(what, (error as Error).stack?.slice(0, 500));
        }
      }
  console.log('equal', equal, (process.cpuUsage().user - t0) / 1e6);
}, 400000);
