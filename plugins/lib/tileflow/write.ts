import type { TileflowMachine, TileflowNode, TileflowProblem, TileflowTile } from './form.js';

/** Problem and tree as one file of the tool. */
export function tileflowYaml(problem: TileflowProblem, tree: TileflowNode): string {
  return `${tileflowProblemYaml(problem)}\n${tileflowMapYaml(tree)}`;
}

export function tileflowProblemYaml({ sizes, tensors, operations, ins, outs }: TileflowProblem): string {
  const lines = [
    'problem:',
    '  io:',
    `    ins: [${ins.join(', ')}]`,
    `    outs: [${outs.join(', ')}]`,
    `  dimensions: [${Object.keys(sizes).map(quoted).join(', ')}]`,
    '  instance:',
    ...Object.entries(sizes).map(([name, size]) => `    ${quoted(name)}: ${size}`),
    '  ops:',
  ];
  for (const { name, dimensions, ins: inputs, out } of operations) {
    lines.push(`  - name: ${name}`, `    dimensions: [${dimensions.map(quoted).join(', ')}]`, '    data-spaces:');
    for (const used of [out, ...inputs]) {
      const { ranks, readWrite } = tensors.find((tensor) => tensor.name === used)!;
      const projection = ranks.map((rank) => `[${rank.map((dimension) => `[${quoted(dimension)}]`).join(', ')}]`);
      lines.push(`    - name: ${used}`, `      projection: [${projection.join(', ')}]`);
      if (used === out && readWrite) lines.push('      read-write: True');
    }
    lines.push(`    ins: [${inputs.join(', ')}]`, `    out: ${out}`);
  }
  return `${lines.join('\n')}\n`;
}

/** YAML 1.1 takes some letters for truth values: the tool's parser does. */
const quoted = (name: string): string => (/^[yYnN]$/.test(name) ? `"${name}"` : name);

export function tileflowMapYaml(tree: TileflowNode): string {
  return `mapping:\n${nodeLines(tree, '  ').join('\n')}\n`;
}

function nodeLines(node: TileflowNode, indent: string): string[] {
  if (node.type === 'op') return [`${indent}node-type: Op`, `${indent}name: ${node.name}`];
  const own = node.type === 'scope' ? [`node-type: Scope`, `type: ${titled(node.kind)}`] : tileLines(node);
  const children = node.type === 'scope' ? node.children : [node.child];
  const below = children.flatMap((child) => nodeLines(child, `${indent}  `).map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line)));
  return [...own.map((line) => `${indent}${line}`), `${indent}subtree:`, ...below];
}

/** A permutation names the innermost loop first. */
function tileLines({ level, spatial, loops, bypass, profile, multicast }: TileflowTile): string[] {
  const ordered = spatial ? [...loops.filter(({ axis }) => axis === 'Y'), ...loops.filter(({ axis }) => axis !== 'Y')] : loops;
  return [
    'node-type: Tile',
    `type: ${spatial ? 'Spatial' : 'Temporal'}`,
    `factors: "${ordered.map(({ dimension, size }) => `${dimension}=${size}`).join(' ')}"`,
    `permutation: "${ordered
      .toReversed()
      .map(({ dimension }) => dimension)
      .join('')}"`,
    `target: ${level}`,
    ...(spatial ? [`split: ${ordered.filter(({ axis }) => axis !== 'Y').length}`] : []),
    ...(bypass.length === 0 ? [] : [`bypass: [${bypass.join(', ')}]`]),
    ...(profile ? [] : ['profile: False']),
    ...(multicast ? [] : ['multicast: False']),
  ];
}

const titled = (kind: string): string => `${kind[0]!.toUpperCase()}${kind.slice(1)}`;

export function tileflowArchYaml({ levels, macs }: TileflowMachine): string {
  const lines = ['architecture:', '  version: 0.2', '  subtree:'];
  levels.forEach((level, index) => {
    const pad = '  '.repeat(index + 1);
    const { name, instances, meshX, meshY, wordBits, words, readRate, writeRate, sharedRate } = level;
    const attributes: readonly (readonly [string, number | undefined])[] = [
      ['instances', instances],
      ['meshX', meshX],
      ['meshY', meshY],
      ['word-bits', wordBits],
      ['entries', words],
      ['read_bandwidth', readRate],
      ['write_bandwidth', writeRate],
      ['shared_bandwidth', sharedRate],
    ];
    lines.push(
      `${pad}- name: ${index === 0 ? 'System' : `Part${index}`}`,
      `${pad}  local:`,
      `${pad}  - name: ${name}`,
      `${pad}    class: ${index === 0 ? 'DRAM' : 'SRAM'}`,
    );
    lines.push(`${pad}    attributes:`, ...attributes.flatMap(([key, value]) => (value === undefined ? [] : [`${pad}      ${key}: ${value}`])));
    if (index + 1 < levels.length) lines.push(`${pad}  subtree:`);
    else
      lines.push(
        `${pad}  - name: mac`,
        `${pad}    class: intmac`,
        `${pad}    attributes:`,
        `${pad}      instances: ${macs.instances}`,
        `${pad}      meshX: ${macs.meshX}`,
        `${pad}      meshY: ${macs.meshY}`,
      );
  });
  return `${lines.join('\n')}\n`;
}
