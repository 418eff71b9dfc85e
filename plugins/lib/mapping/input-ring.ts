import { isEmptyBox, type Box } from 'tessera-sim';
import { sameBox, type MappedOperand } from './mapped-layer.js';

/** A region on its way to a buffer, or in it. */
interface Held {
  readonly region: Box;
  readonly buffer: string;
}

/**
 * The buffers of one input of a share, filled in turn. Its regions are fetched in the order in which tiles want them, and as
 * soon as a buffer is free: while one region serves many tiles, the next one has the time of all of them to come.
 */
export class InputRing {
  /** The region that tiles read now, and those that have been asked for behind it. */
  private held: Held[] = [];
  private ahead: Box | undefined;
  private last: Box | undefined;
  private turn = 0;

  /** @param tiles all tiles of the share, in order */
  constructor(
    readonly operand: MappedOperand,
    readonly buffers: readonly string[],
    private readonly tiles: Iterator<Box>,
  ) {
    this.advance();
  }

  /** Whether nothing has been asked for yet. */
  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  /** Asks for the next region when a buffer is free for it, and `wanted`. */
  fetch(wanted: (operand: MappedOperand, buffer: string) => boolean): Held | undefined {
    const buffer = this.buffers[this.turn % this.buffers.length];
    if (this.ahead === undefined || buffer === undefined || this.held.length >= this.buffers.length || !wanted(this.operand, buffer)) return undefined;
    const next = { region: this.ahead, buffer };
    this.turn++;
    this.held.push(next);
    this.last = this.ahead;
    this.advance();
    return next;
  }

  /** Gives up what tiles before this one read. */
  moveTo(region: Box): void {
    while (this.held.length > 0 && !isEmptyBox(region) && !sameBox(this.held[0]!.region, region)) this.held.shift();
  }

  /** Buffer of the region that is read now. */
  get source(): string | undefined {
    return this.held[0]?.buffer;
  }

  private advance(): void {
    this.ahead = undefined;
    for (let tile = this.tiles.next(); tile.done !== true; tile = this.tiles.next()) {
      const region = this.operand.region(tile.value);
      if (isEmptyBox(region) || (this.last !== undefined && sameBox(this.last, region))) continue;
      this.ahead = region;
      return;
    }
  }
}
