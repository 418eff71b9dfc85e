import type { LoopNest } from 'tessera-sim';

/** Loop nests as a mapping file of ZigZag: loops in time innermost first, unrolled ones each on a dimension of the array of its own. */
export function zigzagMappingYaml(nests: Readonly<Record<string, LoopNest>>): string {
  const entries = Object.entries(nests).map(([name, { levels }]) => {
    const loops = levels.toReversed().flatMap((level) => level.loops.toReversed());
    const spatial = loops.filter(({ kind }) => kind === 'spatial');
    const temporal = loops.filter(({ kind, size }) => kind === 'temporal' && size > 1);
    return entry(
      name,
      spatial.map(({ loop, size }) => `${loop}, ${size}`),
      temporal.map(({ loop, size }) => `[${loop}, ${size}]`),
    );
  });
  const isNamed = Object.hasOwn(nests, 'default');
  return [...(isNamed ? [] : [entry('default', [], [])]), ...entries].join('\n');
}

function entry(name: string, spatial: readonly string[], temporal: readonly string[]): string {
  const lines = [`- name: ${JSON.stringify(name)}`, spatial.length === 0 ? '  spatial_mapping: {}' : '  spatial_mapping:'];
  for (const [index, loop] of spatial.entries()) lines.push(`    D${index + 1}: ["${loop}"]`);
  if (temporal.length > 0) lines.push('  temporal_ordering:', ...temporal.map((loop) => `    - ${loop}`));
  return `${lines.join('\n')}\n  memory_operand_links: {O: O, W: I2, I: I1}\n`;
}
