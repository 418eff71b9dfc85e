/** Widths along a connection, in bits a cycle: the wires, and the ports at their ends where those differ. */
export interface LinkWidths {
  /** Of the wires; Infinity or absent: the narrower end's. */
  readonly widthBits?: number;
  /** Of the port `from`; absent: the wires'. */
  readonly fromWidthBits?: number;
  /** Of the port `to`; absent: the wires'. */
  readonly toWidthBits?: number;
}

/** What a chain of widths does to a message. */
export interface WidthConversion {
  /** Bits a cycle of the narrowest part, which sets the pace; Infinity when no width is stated. */
  readonly paceBits: number;
  /** Places at which the width changes: each holds a serializer (to narrower) or a packer (to wider). */
  readonly converters: number;
}

/**
 * A serializer loads a wide beat in one cycle and sends it on narrow beat by narrow beat while it loads the next; a packer sends
 * a wide beat on in the cycle after its last narrow one, or after the message's last. Both are pipelined, so a converter costs one
 * cycle of latency and the narrowest part alone sets the pace.
 */
export function conversionOf(widths: LinkWidths): WidthConversion {
  const [from, wires, to] = partsOf(widths);
  return { paceBits: Math.min(from, wires, to), converters: (from === wires ? 0 : 1) + (wires === to ? 0 : 1) };
}

/** Why these widths cannot be converted into each other; undefined when they can. */
export function widthProblem(widths: LinkWidths): string | undefined {
  const [from, wires, to] = partsOf(widths);
  if (wires > Math.max(from, to)) return `the wires (${wires} bits) are wider than both ends (${from} and ${to} bits)`;
  const [a, b] = divides(from, wires) ? [wires, to] : [from, wires];
  return divides(a, b) ? undefined : `neither of ${a} and ${b} bits is a multiple of the other`;
}

function partsOf({ widthBits = Infinity, fromWidthBits, toWidthBits }: LinkWidths): readonly [number, number, number] {
  const narrowerEnd = Math.min(fromWidthBits ?? Infinity, toWidthBits ?? Infinity);
  const wires = Number.isFinite(widthBits) ? widthBits : narrowerEnd;
  return [fromWidthBits ?? wires, wires, toWidthBits ?? wires];
}

function divides(a: number, b: number): boolean {
  return a === b || Math.max(a, b) % Math.min(a, b) === 0;
}
