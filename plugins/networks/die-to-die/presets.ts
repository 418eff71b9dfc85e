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
  readonly source: string;
}

export type FlitMode = 'raw' | '68B' | '256B';

/** Bytes on the lanes for each flit, and bytes of messages in it. */
export const FLITS: Readonly<Record<FlitMode, { readonly wireBytes: number; readonly payloadBytes: number }>> = {
  raw: { wireBytes: 1, payloadBytes: 1 },
  // 64 B of protocol data, 2 B of header, 2 B of CRC (UCIe 1.0, 68 B flit format).
  '68B': { wireBytes: 68, payloadBytes: 64 },
  // Fifteen slots of 16 B; the rest is header, link management and CRC (UCIe 1.0, standard 256 B flit as CXL fills it).
  '256B': { wireBytes: 256, payloadBytes: 240 },
};

export const LINK_PRESETS = {
  'ucie-standard': {
    modules: 1,
    lanes: 16,
    rateGtps: 16,
    flit: '256B',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 0.5,
    energyPerBitPj: 0.5,
    source: 'UCIe 1.0 (2022), key performance targets, standard package: x16 module, 4..32 GT/s, 0.5 pJ/b, below 2 ns for both ends; split evenly here',
  },
  'ucie-advanced': {
    modules: 1,
    lanes: 64,
    rateGtps: 16,
    flit: '256B',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 0.5,
    energyPerBitPj: 0.25,
    source: 'UCIe 1.0 (2022), key performance targets, advanced package: x64 module, 4..32 GT/s, 0.25 pJ/b, below 2 ns for both ends; split evenly here',
  },
  'simba-grs': {
    modules: 1,
    lanes: 8,
    rateGtps: 25,
    flit: 'raw',
    adapterLatencyNs: 5,
    phyLatencyNs: 5,
    energyPerBitPj: 1.75,
    source: 'Shao et al., Simba, MICRO 2019: ground-referenced signalling up to 25 Gb/s a pin, 100 GB/s a chiplet over four sides, 20 ns a hop, 0.82..1.75 pJ/b',
  },
  aib: {
    modules: 4,
    lanes: 20,
    rateGtps: 2,
    flit: 'raw',
    adapterLatencyNs: 0.5,
    phyLatencyNs: 1.5,
    energyPerBitPj: 0.85,
    source: 'Intel AIB 1.x (Kehlet, 2017): channels of 20 data wires a direction at 2 Gb/s, 0.85 pJ/b; the latency is an assumption: two AIB clocks at each end',
  },
} as const satisfies Readonly<Record<string, LinkPreset>>;

export type LinkPresetName = keyof typeof LINK_PRESETS;
export const LINK_PRESET_NAMES = Object.keys(LINK_PRESETS) as LinkPresetName[];
