import { definePlugin } from 'tessera-sim';
import { assembleEstimate, homeDemand, localMemoryDemand, tallySchedule, type HomeFacts, type LayerTally } from 'tessera-sim/estimators';

type NoConfig = Readonly<Record<string, never>>;

/** Closed forms of the cores over the schedule's own tiles, with transfers overlapped by double buffering. */
const systolicClosedFormPlugin = definePlugin<NoConfig>({
  kind: 'estimator',
  name: 'systolic-closed-form',
  version: '1.0.0',
  summary: "Analytical: the cores' closed forms over the schedule's tiles; per layer the longer of compute and transfers, plus first fill and last drain",
  sources: [
    "cycles of a tile: each core's own closed form (docs/models)",
    'overlap of transfer and compute per layer, on- and off-loading at its ends: as in ZigZag (Mei et al., IEEE TC 2021) and Stream (arXiv:2212.10612)',
  ],
  configSchema: { type: 'object', properties: {}, additionalProperties: false },
  estimate: ({ workload, machine, schedule }) => {
    const tally = tallySchedule(schedule, workload, machine);
    return assembleEstimate(tally, machine, {
      estimator: 'systolic-closed-form',
      demandOf: (layer) => new Map([...layer.computeCycles, ...layer.engineCycles, ...localMemoryDemand(layer, machine), ...homeDemand(layer, tally.home)]),
      edgesOf: (first, last) => edges(first, last, tally.home),
      notes: [
        'transfers overlap with compute perfectly within a layer or fused stack; layers (or stacks) follow one another without overlap',
        'memories and links at their peak rates: no row misses, refresh, turnaround, bank conflicts or network contention',
        'no waiting for results of other cores, no dispatch of operations',
        'energy: each operand read once, rows of a DRAM used whole, networks one hop; standing powers over the estimated time',
      ],
    });
  },
});

/** First fill and last drain through the home memory, with its latency once each. */
function edges(first: LayerTally, last: LayerTally, home: HomeFacts | undefined): number {
  if (home === undefined) return 0;
  const rate = Math.min(home.bytesPerCycle, home.linkBytesPerCycle);
  const edge = (bytes: number): number => (bytes > 0 ? bytes / rate + home.latencyCycles : 0);
  return edge(first.fillBytes) + edge(last.drainBytes);
}

export default systolicClosedFormPlugin;
