import type { RegionAccess } from '../../schedule/form/form.js';
import type { AxisPosition, OuterPlace } from './lowering.js';
import type { NestOperand } from './nest-operand.js';

/** Buffers of the caller's that stand for operands' homes, during one walk. */
export class OuterPlaces {
  private readonly used = new Map<string, Set<string>>();
  private readonly written = new Set<string>();

  constructor(private readonly places: Readonly<Record<string, OuterPlace>>) {}

  /** Undefined when the operand is at home. */
  bufferOf({ name }: NestOperand, position: AxisPosition): string | undefined {
    const place = this.places[name];
    if (place === undefined) return undefined;
    const buffer = typeof place.buffer === 'string' ? place.buffer : place.buffer(position);
    let used = this.used.get(name);
    if (used === undefined) this.used.set(name, (used = new Set()));
    used.add(buffer);
    return buffer;
  }

  /** How an output joins what a buffer holds. */
  modeOf({ name }: NestOperand, buffer: string | undefined): { mode?: 'replace' | 'add' } {
    if (buffer === undefined) return {};
    const isFirst = !this.written.has(buffer);
    this.written.add(buffer);
    return { mode: isFirst ? (this.places[name]?.mode ?? 'add') : 'add' };
  }

  /** What the last reader of an input releases. */
  contentsOf({ name, tensor }: NestOperand): RegionAccess[] {
    const release = this.places[name]?.release;
    if (release === undefined) return [];
    const dead = release === 'buffer' ? {} : { tensor, box: release };
    return [...(this.used.get(name) ?? [])].map((buffer) => ({ buffer, ...dead }));
  }
}
