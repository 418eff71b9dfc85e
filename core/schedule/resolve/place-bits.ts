import type { StateExchange } from '../../kernel/state.js';
import type { BitRuns } from './bit-runs.js';
import type { OperationRecord } from './record.js';

/** Bits of a place whose contents are gone in program order, and the operations that may still be using them. */
interface Lingering {
  readonly low: number;
  readonly high: number;
  users: OperationRecord[];
}

interface Range {
  low: number;
  high: number;
}

/**
 * The bits of a buffer in program order: what is free, where the next contents go, and who may still be using what was freed. Contents are
 * laid one behind the other and start again at the front, so that what is written next goes where nobody has been for longest.
 */
export class PlaceBits {
  /** Free ranges, ascending; no two touch. */
  private holes: Range[];
  private head = 0;
  private lingering: Lingering[] = [];

  constructor(private readonly size: number) {
    this.holes = [{ low: 0, high: size }];
  }

  /** All is free again, and the next contents go to the front. */
  empty(): void {
    this.head = 0;
    if (this.holes.length === 1 && this.holes[0]!.low === 0 && this.holes[0]!.high === this.size) return;
    this.holes = [{ low: 0, high: this.size }];
  }

  /** First bit of new contents. What fits into no hole in one piece goes to the first bits that it can. */
  take(bits: number): number {
    const low = this.findHole(bits) ?? Math.max(0, Math.min(this.head, this.size - bits));
    this.carve(low, low + bits);
    this.head = low + bits >= this.size ? 0 : low + bits;
    return low;
  }

  /** Contents that are gone; @param users operations under way that may still be using them */
  give(low: number, high: number, users: readonly OperationRecord[]): void {
    this.insertHole(low, high);
    this.linger(low, high, users);
  }

  /** Contents that are gone, in several runs. */
  giveRuns(runs: BitRuns, users: readonly OperationRecord[]): void {
    const { bounds, count } = runs;
    if (count === 1) this.insertHole(bounds[0]!, bounds[1]!);
    else this.insertHoles(runs);
    for (let i = 0; i < count && users.length > 0; i++) this.linger(bounds[2 * i]!, bounds[2 * i + 1]!, users);
  }

  linger(low: number, high: number, users: readonly OperationRecord[]): void {
    if (users.length > 0) this.lingering.push({ low, high, users: [...users] });
  }

  /** Whether anybody may still be using bits whose contents are gone. */
  get isInUse(): boolean {
    return this.lingering.length > 0;
  }

  /** Calls for each operation under way that may be using bits of a range whose contents are gone. */
  forEachUser(low: number, high: number, visit: (user: OperationRecord) => void): void {
    const { lingering } = this;
    if (lingering.length === 0) return;
    let kept = 0;
    for (let i = 0; i < lingering.length; i++) {
      const one = lingering[i]!;
      const isOver = low < one.high && one.low < high;
      let users = 0;
      for (let u = 0; u < one.users.length; u++) {
        const user = one.users[u]!;
        if (user.finished) continue;
        one.users[users++] = user;
        if (isOver) visit(user);
      }
      one.users.length = users;
      if (users > 0) lingering[kept++] = one;
    }
    lingering.length = kept;
  }

  state(s: StateExchange): void {
    this.head = s.number(this.head);
    s.list(this.holes, (hole) => ({ low: s.number(hole?.low ?? 0), high: s.number(hole?.high ?? 0) }));
    if (!s.loading) this.forEachUser(0, 0, () => undefined);
    s.list(this.lingering, (one) => {
      const [low, high] = [s.number(one?.low ?? 0), s.number(one?.high ?? 0)];
      const users = [...(one?.users ?? [])];
      s.list(users, (user) => s.operation(user)!);
      return { low, high, users };
    });
  }

  /** The first hole from the head on that is large enough, else the first of all. */
  private findHole(bits: number): number | undefined {
    const { holes, head } = this;
    for (let i = 0; i < holes.length; i++) {
      const from = Math.max(holes[i]!.low, head);
      if (from + bits <= holes[i]!.high) return from;
    }
    for (let i = 0; i < holes.length; i++) if (holes[i]!.low + bits <= holes[i]!.high) return holes[i]!.low;
    return undefined;
  }

  private carve(low: number, high: number): void {
    const { holes } = this;
    for (let i = 0; i < holes.length; i++) {
      const hole = holes[i]!;
      if (hole.high <= low || hole.low >= high) continue;
      const behind = hole.high > high ? { low: high, high: hole.high } : undefined;
      if (hole.low < low) {
        hole.high = low;
        if (behind !== undefined) holes.splice(++i, 0, behind);
      } else if (behind === undefined) holes.splice(i--, 1);
      else holes[i] = behind;
    }
  }

  private insertHole(low: number, high: number): void {
    const { holes } = this;
    let first = 0;
    while (first < holes.length && holes[first]!.high < low) first++;
    let end = first;
    let hole = { low: Math.max(0, low), high: Math.min(this.size, high) };
    while (end < holes.length && holes[end]!.low <= high) {
      hole = { low: Math.min(hole.low, holes[end]!.low), high: Math.max(hole.high, holes[end]!.high) };
      end++;
    }
    if (hole.high > hole.low) holes.splice(first, end - first, hole);
  }

  /** As `insertHole` for each of them, in one pass. */
  private insertHoles({ bounds, count }: BitRuns): void {
    const before = this.holes;
    const holes: Range[] = [];
    let last: Range | undefined;
    let next = 0;
    let run = 0;
    while (next < before.length || run < count) {
      let hole = before[next];
      if (run < count && (hole === undefined || bounds[2 * run]! < hole.low)) {
        hole = { low: Math.max(0, bounds[2 * run]!), high: Math.min(this.size, bounds[2 * run + 1]!) };
        run++;
      } else next++;
      if (hole === undefined || hole.high <= hole.low) continue;
      if (last !== undefined && hole.low <= last.high) last.high = Math.max(last.high, hole.high);
      else holes.push((last = hole));
    }
    this.holes = holes;
  }
}
