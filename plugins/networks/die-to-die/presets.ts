import type { FlitMode } from './flits.js';

/** A published link; every value can be replaced by the configuration. */
export interface LinkPreset {
  readonly modules: number;
  /** Data lanes of a module in one direction. */
  readonly lanes: number;
  /** Giga-transfers a second of a lane, a bit each. */
  readonly rateGtps: number;
  readonly flit: FlitMode;
  /** Of the adapter (framing, CRC, buffers) on one die. */
  readonly adapterLatencyNs: number;
  /** Of the physical layer on one die. */
  readonly phyLatencyNs: number;
  readonly energyPerBitPj: number;
  /** Energy of a bit on lanes that are faster than `rateGtps`. */
  readonly fastEnergyPerBitPj?: number;
  readonly source: string;
}

const UCIE = 'UCIe 1.0 (2022), section 1.4 key performance targets';
const UCIE_ENERGY = '(Das Sharma, Hot Interconnects 2025, restates them for 2.0)';
const UCIE_LATENCY = 'at most 2 ns for adapter and PHY of both ends; the even split is an assumption';

export const LINK_PRESETS = {
  'ucie-standard': {
    modules: 1,
    lanes: 16,
    rateGtps: 16,
    flit: '256B',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 0.5,
    energyPerBitPj: 0.5,
    fastEnergyPerBitPj: 0.6,
    source: `${UCIE}, standard package (2D): x16 module, 4 to 32 GT/s, 0.5 pJ/b up to 16 GT/s and 0.6 above ${UCIE_ENERGY}, ${UCIE_LATENCY}`,
  },
  'ucie-advanced': {
    modules: 1,
    lanes: 64,
    rateGtps: 16,
    flit: '256B',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 0.5,
    energyPerBitPj: 0.25,
    fastEnergyPerBitPj: 0.3,
    source: `${UCIE}, advanced package (2.5D): x64 module, 4 to 32 GT/s, 0.25 pJ/b up to 16 GT/s and 0.3 above ${UCIE_ENERGY}, ${UCIE_LATENCY}`,
  },
  'simba-grs': {
    modules: 1,
    lanes: 8,
    rateGtps: 25,
    flit: 'raw',
    adapterLatencyNs: 5,
    phyLatencyNs: 5,
    energyPerBitPj: 1.75,
    source:
      'Shao et al., Simba, MICRO 2019: ground-referenced signalling, up to 25 Gb/s a pin, 100 GB/s a chiplet, 20 ns a hop, 0.82 to 1.75 pJ/b of which this is the upper end; ' +
      'assumptions: a quarter of the bandwidth on each of four sides, the 20 ns split evenly',
  },
  aib: {
    modules: 4,
    lanes: 20,
    rateGtps: 2,
    flit: 'raw',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 1.5,
    energyPerBitPj: 0.85,
    source:
      'AIB 1.x (Intel 2017; specification 1.2, CHIPS Alliance 2019): 2 Gb/s a wire, 20 data wires a channel and direction, 0.85 pJ/b (Kehlet 2017); ' +
      'assumptions: four channels side by side, a latency of four cycles of the 1 GHz clock that is sent along, two at each end',
  },
  'aib-2': {
    modules: 4,
    lanes: 40,
    rateGtps: 6.4,
    flit: 'raw',
    adapterLatencyNs: 0.3125,
    phyLatencyNs: 0.3125,
    energyPerBitPj: 0.5,
    source:
      'AIB 2.0 (CHIPS Alliance 2020; Intel Architecture Day 2020): up to 6.4 Gb/s a wire, 40 data wires a channel and direction, 0.5 pJ/b; ' +
      'assumptions: four channels side by side, a latency of four cycles of the 3.2 GHz clock that is sent along, two at each end',
  },
} as const satisfies Readonly<Record<string, LinkPreset>>;

export type LinkPresetName = keyof typeof LINK_PRESETS;
export const LINK_PRESET_NAMES = Object.keys(LINK_PRESETS) as LinkPresetName[];
