import type { ImportSource } from 'tessera-sim';

export type FileKind = 'accelerator' | 'workload' | 'mapping' | 'result' | 'record';

/** What a file of ZigZag holds, by its content. */
export function kindOf({ bytes }: ImportSource): FileKind | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, 65_536));
  if (/^\s*\{/.test(text)) {
    if (/"kind"\s*:\s*"core-estimate"/.test(text)) return 'record';
    if (/"outputs"\s*:/.test(text) && /"(data_onloading|mac_utilization|word_accesses)"\s*:/.test(text)) return 'result';
    return /^\s*\{\s*"energy"\s*:\s*[\d.eE+]+\s*,\s*"latency"\s*:\s*[\d.eE+]+\s*\}\s*$/.test(text) ? 'result' : undefined;
  }
  if (/^memories\s*:/m.test(text) && /^\s*(operands|served_dimensions|operational_array)\s*:/m.test(text)) return 'accelerator';
  if (/^\s*-/m.test(text) && /^[\s-]*operator_type\s*:/m.test(text) && /^[\s-]*equation\s*:/m.test(text)) return 'workload';
  return /^-\s*name\s*:/m.test(text) && /^\s+(spatial_mapping|spatial_mapping_hint|memory_operand_links|temporal_ordering)\s*:/m.test(text)
    ? 'mapping'
    : undefined;
}
