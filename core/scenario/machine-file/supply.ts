import type { SourcePlace } from '../../errors.js';
import type { Supply } from '../../model/supply.js';
import { validateInPlace } from '../../document/validate.js';
import { partOfSchema } from '../../document/installation.js';
import { PathPattern } from '../../text/glob.js';
import type { LoadTools } from '../load-tools.js';
import type { RawMachine, RawSupply } from './raw-machine.js';

export const SUPPLY_KEYS = ['voltage', 'nominalVoltage'] as const;
export type SupplyKey = (typeof SUPPLY_KEYS)[number];
export const NO_SUPPLY: RawSupply = {};

export function isSupplyKey(key: string): key is SupplyKey {
  return (SUPPLY_KEYS as readonly string[]).includes(key);
}

/** What a machine, a chiplet, a group, a block or a connection states, over what surrounds it. */
export function supplyOf(owner: Readonly<Record<string, unknown>>, around: RawSupply, tools: LoadTools): RawSupply {
  const stated = SUPPLY_KEYS.filter((key) => typeof owner[key] === 'number');
  if (stated.length === 0) return around;
  const values = Object.fromEntries(stated.map((key) => [key, owner[key] as number]));
  return { ...around, ...values, place: tools.places.ofKey(owner, stated[0] as string) };
}

/** The finished supplies; each statement of a voltage without a nominal one is reported once. */
export class SupplyCheck {
  private readonly reported = new Set<string>();

  constructor(private readonly tools: LoadTools) {}

  finish(raw: RawSupply, path: string): Supply | undefined {
    const { voltage, nominalVoltage, place } = raw;
    if (nominalVoltage !== undefined) return { voltage: voltage ?? nominalVoltage, nominalVoltage };
    if (voltage !== undefined) this.reportOnce(place, path);
    return undefined;
  }

  private reportOnce(place: SourcePlace | undefined, path: string): void {
    const key = `${place?.file}:${place?.line}:${place?.column}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.tools.problems.add(
      place,
      `${path}.voltage`,
      "a voltage needs 'nominalVoltage': at which its energy figures hold",
      '`nominalVoltage: 0.8 V` beside it, or around it',
    );
  }
}

/**
 * Sets `die1.voltage`, `core*.nominalVoltage`, or `voltage` alone: of every block and connection under that path.
 * @returns false when nothing lies under it.
 */
export function setSupply(
  parts: readonly string[],
  key: SupplyKey,
  values: Record<string, unknown>,
  path: string,
  prefix: string,
  machine: RawMachine,
  tools: LoadTools,
): boolean {
  const holds = underPath(parts, prefix);
  const blocks = [...machine.blocks.values()].filter((block) => holds(block.path));
  const connections = machine.connections.filter((connection) => holds(connection.scope));
  if (blocks.length === 0) return false;
  const holder: Record<string, unknown> = { [key]: values[path] };
  tools.places.copyChild(values, path, holder, key);
  const faults = validateInPlace(partOfSchema('machine', 'supply'), holder, { places: tools.places, path: parts.join('.'), owner: 'machine schema' });
  tools.problems.addAll(faults);
  if (faults.length > 0) return true;
  for (const owner of [...blocks, ...connections]) owner.supply = supplyOf(holder, owner.supply, tools);
  return true;
}

function underPath(parts: readonly string[], prefix: string): (path: string) => boolean {
  const pattern = new PathPattern(parts);
  return (path) => path.startsWith(prefix) && pattern.contains(path.slice(prefix.length));
}
