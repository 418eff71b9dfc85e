import { definePlugin, InputError, type ReferenceRecord } from 'tessera-sim';
import { convolutionLayer, figuresOf, stallCycles, type ScaleSimArray, type ScaleSimLayer, type ScaleSimSparsity } from 'tessera-sim/scalesim';

type Loose = Readonly<Record<string, unknown>>;

/** Words of a KiB: words have one byte. */
const KIB = 1024;

/** Layers that SCALE-Sim v3 ran, through its model here: cycles, stalls, utilisation, SRAM traffic. */
const systolicLayerCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'systolic-layer',
  version: '1.0.0',
  summary: 'Runs records of SCALE-Sim v3 through its model here: cycles, stalls, utilisation, SRAM traffic',
  sources: ['docs/plugins/crosschecks/systolic-layer.md'],
  recordKind: 'systolic-layer',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
});

function simulate({ config, workload }: ReferenceRecord): Readonly<Record<string, number>> {
  const array = arrayOf(config);
  const layer = layerOf(workload);
  const sparsity = sparsityOf(config);
  const figures = figuresOf(array, layer, sparsity);
  const values: Record<string, number> = { compute_cycles: figures.computeCycles };
  const isRowWise = sparsity?.block !== undefined;
  // What is kept of a row depends on a random pattern.
  if (!isRowWise) {
    values['mapping_eff_pct'] = 100 * figures.mappingEfficiency;
    values['compute_util_pct'] = 100 * figures.computeUtilisation;
    values['ifmap_sram_reads'] = figures.ifmapReads;
    values['filter_sram_reads'] = figures.filterReads;
  }
  values['ofmap_sram_writes'] = figures.ofmapWrites;
  const stalls = stallsOf(config, array, layer);
  if (stalls === undefined) return values;
  const total = figures.computeCycles + stalls;
  return { ...values, stall_cycles: stalls, total_cycles: total, overall_util_pct: (100 * layer.m * layer.n * layer.k) / (total * array.rows * array.columns) };
}

/** Undefined where DRAM latencies or a custom layout stall the run: those are not modelled. */
function stallsOf(config: Loose, array: ScaleSimArray, layer: ScaleSimLayer): number | undefined {
  if (config['layout'] !== undefined || config['dram_latency_file'] !== undefined) return undefined;
  if (config['bw_mode'] !== 'USER') return 0;
  return stallCycles(array, layer, {
    ifmapWords: KIB * count(config, 'ifmap_kb'),
    filterWords: KIB * count(config, 'filter_kb'),
    ofmapWords: KIB * count(config, 'ofmap_kb'),
    ifmapBandwidth: count(config, 'ifmap_bw'),
    filterBandwidth: count(config, 'filter_bw'),
    ofmapBandwidth: count(config, 'ofmap_bw'),
  });
}

function arrayOf(config: Loose): ScaleSimArray {
  const { dataflow } = config;
  if (dataflow !== 'os' && dataflow !== 'ws' && dataflow !== 'is')
    throw new InputError({ path: 'config.dataflow', message: `'${String(dataflow)}'`, expected: 'os, ws or is' });
  return { dataflow, rows: count(config, 'array_h'), columns: count(config, 'array_w') };
}

function layerOf(workload: Loose): ScaleSimLayer {
  if (workload['type'] === 'gemm') return { m: count(workload, 'M'), n: count(workload, 'N'), k: count(workload, 'K') };
  if (workload['type'] !== 'conv') throw new InputError({ path: 'workload.type', message: `'${String(workload['type'])}'`, expected: 'gemm or conv' });
  return convolutionLayer({
    imageHeight: count(workload, 'ifmap_h'),
    imageWidth: count(workload, 'ifmap_w'),
    filterHeight: count(workload, 'filter_h'),
    filterWidth: count(workload, 'filter_w'),
    channels: count(workload, 'channels'),
    filters: count(workload, 'num_filters'),
    stride: count(workload, 'stride'),
  });
}

function sparsityOf(config: Loose): ScaleSimSparsity | undefined {
  const { sparsity, optimized, block } = config;
  if (sparsity === undefined) return undefined;
  const match = /^(\d+):(\d+)$/.exec(String(sparsity));
  if (match === null) throw new InputError({ path: 'config.sparsity', message: `'${String(sparsity)}'`, expected: 'N:M, e.g. 2:4' });
  return { kept: Number(match[1]), of: Number(match[2]), ...(optimized === true && typeof block === 'number' ? { block } : {}) };
}

function count(from: Loose, name: string): number {
  const value = from[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError({ path: name, message: `${String(value)}`, expected: 'a whole number above 0' });
}

export default systolicLayerCrosscheck;
