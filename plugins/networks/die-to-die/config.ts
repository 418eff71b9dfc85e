import { idealProperty, type IdealDeclaration, type JsonSchema } from 'tessera-sim';
import { FLIT_MODES } from './flits.js';
import { LINK_PRESET_NAMES, LINK_PRESETS, type LinkPreset, type LinkPresetName } from './presets.js';

/** What a preset states and a configuration may replace. */
export type LinkFigures = Omit<LinkPreset, 'source' | 'fastEnergyPerBitPj'>;

export interface DieToDieConfig extends Partial<LinkFigures> {
  readonly preset: LinkPresetName;
  readonly bitErrorRate: number;
  readonly credits: number;
  /** Default: none. */
  readonly ideal?: readonly LinkMechanism[];
}

export type LinkMechanism = 'errors' | 'latency' | 'credits';

export const DIE_TO_DIE_IDEAL: Readonly<Record<LinkMechanism, IdealDeclaration>> = {
  errors: { description: 'no bit arrives wrong' },
  latency: { description: 'adapters and physical layers take no time; credits come back at once' },
  credits: { description: 'the far die holds 4096 messages of each class' },
};

const MOST_CREDITS = 4096;

const fromPreset = (text: string): string => `${text}; default that of the preset`;
const sources = LINK_PRESET_NAMES.map((name) => `${name}: ${LINK_PRESETS[name].source}`).join('. ');

export const dieToDieConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    preset: { enum: LINK_PRESET_NAMES, default: 'ucie-standard', description: 'Published link that the other values are taken from', source: sources },
    modules: { type: 'integer', minimum: 1, maximum: 64, unit: 'modules', description: fromPreset('Modules side by side') },
    lanes: { type: 'integer', minimum: 1, maximum: 4096, unit: 'lanes', description: fromPreset('Data lanes of a module in one direction') },
    rateGtps: { type: 'number', exclusiveMinimum: 0, maximum: 256, unit: 'GT/s', description: fromPreset('Transfers of a lane, one bit each') },
    flit: {
      enum: FLIT_MODES,
      description: fromPreset(
        'Framing: none, 64 B of data in 68 B, 240 B in 256 B, or 236 B in 256 B of which the first half can be used before the second has come',
      ),
      source: 'UCIe 1.1, section 3.3',
    },
    adapterLatencyNs: { type: 'number', minimum: 0, unit: 'ns', description: fromPreset('Adapter on each die') },
    phyLatencyNs: { type: 'number', minimum: 0, unit: 'ns', description: fromPreset('Physical layer on each die') },
    energyPerBitPj: {
      type: 'number',
      minimum: 0,
      unit: 'pJ/bit',
      description: fromPreset('Both ends together, for each bit on the lanes; the UCIe ones take more above 16 GT/s'),
    },
    bitErrorRate: {
      type: 'number',
      minimum: 0,
      maximum: 0.001,
      default: 0,
      unit: 'errors/bit',
      description: 'Bits that arrive wrong; the CRC finds them, and the flit and all behind it are sent again. Needs a flit mode',
      source: 'UCIe 1.1, section 3.8: above 1e-27 a retry is needed; 1e-15 is the worst that its PHY allows',
    },
    credits: {
      type: 'integer',
      minimum: 1,
      maximum: MOST_CREDITS,
      default: 16,
      unit: 'messages',
      description: 'Messages of one class that the far die can hold',
    },
    ideal: idealProperty(DIE_TO_DIE_IDEAL),
  },
};

const TICKS_PER_NS = 1000;

/** The configuration with the preset filled in, and what is idealised. */
export function completeFigures(config: DieToDieConfig): LinkFigures {
  const preset: LinkPreset = LINK_PRESETS[config.preset];
  const isAtOnce = config.ideal?.includes('latency') === true;
  const isFaster = (config.rateGtps ?? 0) > preset.rateGtps;
  const presetEnergyPj = isFaster ? (preset.fastEnergyPerBitPj ?? preset.energyPerBitPj) : preset.energyPerBitPj;
  return {
    modules: config.modules ?? preset.modules,
    lanes: config.lanes ?? preset.lanes,
    rateGtps: config.rateGtps ?? preset.rateGtps,
    flit: config.flit ?? preset.flit,
    adapterLatencyNs: isAtOnce ? 0 : (config.adapterLatencyNs ?? preset.adapterLatencyNs),
    phyLatencyNs: isAtOnce ? 0 : (config.phyLatencyNs ?? preset.phyLatencyNs),
    energyPerBitPj: config.energyPerBitPj ?? presetEnergyPj,
  };
}

export function bitErrorRateOf({ bitErrorRate, ideal }: DieToDieConfig): number {
  return ideal?.includes('errors') === true ? 0 : bitErrorRate;
}

export function creditsOf({ credits, ideal }: DieToDieConfig): number {
  return ideal?.includes('credits') === true ? MOST_CREDITS : credits;
}

export function checkDieToDieConfig(config: DieToDieConfig): { path: string; message: string; expected?: string }[] {
  if (config.bitErrorRate === 0 || completeFigures(config).flit !== 'raw') return [];
  return [
    { path: 'bitErrorRate', message: 'a raw link has no CRC and cannot send again', expected: 'flit: 68B, 256B or 256B-latency-optimized, or a rate of 0' },
  ];
}

export function latencyTicksOf(figures: { adapterLatencyNs: number; phyLatencyNs: number }): number {
  return Math.round(2 * (figures.adapterLatencyNs + figures.phyLatencyNs) * TICKS_PER_NS);
}
