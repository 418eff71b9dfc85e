import { definePlugin } from 'tessera-sim';
import { assembleEstimate, homeDemand, localMemoryDemand, tallySchedule } from 'tessera-sim/estimators';

type NoConfig = Readonly<Record<string, never>>;

/** Every layer takes the longest of: its arithmetic at peak rate, its bytes at each memory, its bytes on the links to home. */
const rooflinePlugin = definePlugin<NoConfig>({
  kind: 'estimator',
  name: 'roofline',
  version: '1.0.0',
  summary: 'Lower bound: per layer the longest of arithmetic at peak rate, memory ports and links to the home memory',
  sources: ['Williams, Waterman, Patterson: Roofline, CACM 52(4), 2009'],
  configSchema: { type: 'object', properties: {}, additionalProperties: false },
  estimate: ({ workload, machine, schedule }) => {
    const tally = tallySchedule(schedule, workload, machine);
    return assembleEstimate(tally, machine, {
      estimator: 'roofline',
      demandOf: (layer) => new Map([...layer.peakCycles, ...localMemoryDemand(layer, machine), ...homeDemand(layer, tally.home)]),
      edgesOf: () => 0,
      notes: [
        'arrays at peak rate: no fill, drain or ragged tiles',
        'every resource at its peak, all overlapped within a layer or fused stack: no latency, set-up, conflicts, row misses or refresh',
        'energy: each operand read once, rows of a DRAM used whole, networks one hop; standing powers over the estimated time',
      ],
    });
  },
});

export default rooflinePlugin;
