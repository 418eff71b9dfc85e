import type { ScheduleResult } from '../result/run-result.js';

/** A link between blocks, or one inside a network as the network's own report tells. */
export interface LinkUse {
  readonly name: string;
  readonly bytes: number;
  /** 0..1 of the run. */
  readonly utilisation: number;
  /** Of a connection that states an energy per bit. */
  readonly energyPj?: number;
}

/** All links that carried something: the machine's, then those inside its networks. */
export function linkUses(result: ScheduleResult): LinkUse[] {
  const outside = result.links.map(({ path, bytes, utilisation, energyPj }) => ({
    name: path,
    bytes,
    utilisation,
    ...(energyPj === undefined ? {} : { energyPj }),
  }));
  const inside = result.blocks.flatMap(({ path, report }) => reportedLinks(path, report?.['links']));
  return [...outside, ...inside].filter((link) => link.bytes > 0);
}

/** A network's report may list links as `{ label, bytes, utilisation }`. */
function reportedLinks(block: string, links: unknown): LinkUse[] {
  if (!Array.isArray(links)) return [];
  return (links as readonly Readonly<Record<string, unknown>>[]).flatMap(({ label, bytes, utilisation }) =>
    typeof label === 'string' && typeof bytes === 'number' && typeof utilisation === 'number' ? [{ name: `${block}.link.${label}`, bytes, utilisation }] : [],
  );
}

/** By utilisation, then by bytes: links of unlimited width are never utilised, however much they carry. */
export function busiestFirst(uses: readonly LinkUse[]): LinkUse[] {
  return [...uses].sort((a, b) => b.utilisation - a.utilisation || b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
