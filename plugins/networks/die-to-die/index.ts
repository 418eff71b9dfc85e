import { definePlugin, knownFigure } from 'tessera-sim';
import { checkDieToDieConfig, completeFigures, DIE_TO_DIE_IDEAL, dieToDieConfigSchema, latencyTicksOf, type DieToDieConfig } from './config.js';
import { DieToDieLink, LINK_BLOCK_MILESTONES, LINK_STALLS, type DieToDieStatistic } from './die-to-die-link.js';
import { FLITS } from './flits.js';
import { LINK_PRESETS } from './presets.js';

export const dieToDiePlugin = definePlugin<DieToDieConfig, DieToDieStatistic>({
  kind: 'link',
  name: 'die-to-die',
  version: '2.0.0',
  summary: 'Link between chiplets in UCIe terms: modules, lanes, rate, flits, CRC with go-back-N retry, credits, energy',
  sources: [...Object.values(LINK_PRESETS).map((preset) => preset.source), 'docs/models/die-to-die.md (closed form)'],
  configSchema: dieToDieConfigSchema,
  ports: {
    a: { description: 'To the network of one die', role: 'both' },
    b: { description: 'To the network of the other', role: 'both' },
  },
  statistics: {
    messages: { unit: 'messages', description: 'Messages carried, both ways' },
    bytes: { unit: 'bytes', description: 'Bytes of these messages, headers included' },
    laneBytes: { unit: 'bytes', description: 'Bytes on the lanes, framing included, replays not' },
    flits: { unit: 'flits', description: 'Flits that came through' },
    replays: { unit: 'flits', description: 'Flits that arrived wrong: each makes the sender go back to it' },
    resentFlits: { unit: 'flits', description: 'Flits that were sent again: those that arrived wrong, and those sent behind them before the sender knew' },
    replayNs: { unit: 'ns', derived: true, description: 'Time that replays took on the lanes, summed over both ways' },
    busyNs: { unit: 'ns', derived: true, description: 'Time in which the lanes were in use, replays included, summed over both ways' },
  },
  stallClasses: LINK_STALLS,
  milestones: LINK_BLOCK_MILESTONES,
  ideal: DIE_TO_DIE_IDEAL,
  probes: {
    'a-to-b': { type: 'span', description: 'A message on the lanes from a to b', labels: ['request', 'response'] },
    'b-to-a': { type: 'span', description: 'A message on the lanes from b to a', labels: ['request', 'response'] },
  },
  describe: ({ config, clock }) => {
    const figures = completeFigures(config);
    const flit = FLITS[figures.flit];
    const bitsPerTick = (figures.modules * figures.lanes * figures.rateGtps) / 1000;
    return {
      kind: 'link',
      linkBytesPerCycle: (bitsPerTick * clock.periodTicks * flit.payloadBytes) / flit.wireBytes / 8,
      hopCycles: Math.ceil(latencyTicksOf(figures) / clock.periodTicks),
      forwards: true,
    };
  },
  check: checkDieToDieConfig,
  actions: ({ config }) => {
    const { energyPerBitPj, flit } = completeFigures(config);
    const wireBits = (8 * FLITS[flit].wireBytes) / FLITS[flit].payloadBytes;
    return { lanes: { energyPj: knownFigure(energyPerBitPj), unit: 'bit on the lanes', expected: { perByteMoved: wireBits } } };
  },
  create: (context) => new DieToDieLink(context),
});

export default dieToDiePlugin;
