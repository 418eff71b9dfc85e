import { blockReference, extensionReference, type BlockUse, type ExtensionReference, type JsonSchema } from 'tessera-sim';
import { PATTERN_NAMES, trafficPatterns } from 'tessera-sim/traffic';
import { networkProperties, type NocFlitNetworkConfig } from 'tessera-sim/noc-flit';

export interface TrafficConfig extends NocFlitNetworkConfig {
  readonly pattern: ExtensionReference;
  readonly trace?: string;
  readonly packetFlits: number;
  readonly flitBytes: number;
  readonly load?: number;
  readonly loads?: readonly number[];
  readonly findSaturation: boolean;
  readonly saturationPrecision: number;
  readonly samplePeriodCycles: number;
  readonly warmupPeriods: number;
  readonly maxSamples: number;
  readonly latencyLimitCycles: number;
  readonly networkText?: string;
  /** A network plugin in place of the flit engine. */
  readonly block?: BlockUse;
  readonly nodes: number;
}

/** Configuration of `kind: traffic`: a network and what is put on it. */
export const trafficSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...networkProperties,
    block: blockReference(
      ['network', 'link'],
      'Any network plugin in place of the flit engine; the parameters of routers and topology above then have no meaning',
    ),
    nodes: { type: 'integer', minimum: 2, maximum: 65536, default: 16, unit: 'nodes', description: 'Nodes at the ports of `block`' },
    networkText: { type: 'string', description: 'File with the graph of topology anynet, in the form of BookSim' },
    pattern: extensionReference(trafficPatterns, {
      alsoMatching: PATTERN_NAMES,
      default: 'uniform',
      description:
        'Who sends to whom: uniform, transpose, bitcomp, bitrev, shuffle, tornado, neighbor, randperm, asymmetric, diagonal, hotspot({node,...}), hotspot({node,...},{weight,...}), or one that a plugin registers',
      source: 'Dally and Towles, Principles and Practices of Interconnection Networks (2004), table 3.1',
    }),
    trace: {
      type: 'string',
      description: 'Packet trace instead of a pattern: lines of time, source, destination, bytes and the packets waited for (numbered from 0)',
    },
    packetFlits: { type: 'integer', minimum: 1, maximum: 65536, default: 5, unit: 'flits', description: 'Length of a packet of a pattern' },
    flitBytes: { type: 'integer', minimum: 1, default: 16, unit: 'bytes', description: 'Bytes of a flit, for the packets of a trace' },
    load: { type: 'number', exclusiveMinimum: 0, maximum: 1, unit: 'flits/node/cycle', description: 'Offered load, one run' },
    loads: {
      type: 'array',
      minItems: 1,
      items: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      unit: 'flits/node/cycle',
      description: 'Offered loads of a load-latency curve',
    },
    findSaturation: { type: 'boolean', default: false, description: 'Look for the saturation load by bisection' },
    saturationPrecision: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 0.5,
      default: 0.01,
      description: 'Width of the interval at which the bisection ends, relative to the load',
    },
    samplePeriodCycles: { type: 'integer', minimum: 1, default: 1000, unit: 'cycles', description: 'Length of a sample period' },
    warmupPeriods: { type: 'integer', minimum: 1, default: 3, description: 'Sample periods before the measurement' },
    maxSamples: { type: 'integer', minimum: 2, default: 10, description: 'Most sample periods, warm-up included' },
    latencyLimitCycles: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 500,
      unit: 'cycles',
      description: 'Mean packet latency above which the network counts as saturated',
    },
  },
};
