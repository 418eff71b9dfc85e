import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { DEVICE_PROPERTIES, type DramDeviceConfig } from '../../../../plugins/memories/dram/api.js';

const schema = { type: 'object', additionalProperties: false, properties: DEVICE_PROPERTIES } as const;

/** A configuration with defaults filled in, as a scenario would give it. */
export function deviceConfig(config: Partial<DramDeviceConfig> | Readonly<Record<string, unknown>> = {}): DramDeviceConfig {
  return completeConfig(schema, config, 'memory') as unknown as DramDeviceConfig;
}
