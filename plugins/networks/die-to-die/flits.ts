/** How messages are framed on the lanes. */
export interface FlitFormat {
  readonly wireBytes: number;
  /** Bytes of messages in a flit. */
  readonly payloadBytes: number;
  /** Of a flit whose first half has a CRC of its own, and can be used before the second has come. */
  readonly firstHalf?: { readonly wireBytes: number; readonly payloadBytes: number };
}

export type FlitMode = 'raw' | '68B' | '256B' | '256B-latency-optimized';

/** UCIe 1.1, section 3.3 (formats 1, 2, 4 and 5), filled as CXL 3.0, chapter 4, fills them. */
export const FLITS: Readonly<Record<FlitMode, FlitFormat>> = {
  // The adapter passes everything on as it is: no header, no CRC, no retry.
  raw: { wireBytes: 1, payloadBytes: 1 },
  // 64 B of protocol data, 2 B of header, 2 B of CRC.
  '68B': { wireBytes: 68, payloadBytes: 64 },
  // Fifteen slots of 16 B; the 16 B that are left hold header, link management and CRC.
  '256B': { wireBytes: 256, payloadBytes: 240 },
  // Two halves with 6 B of CRC each, 2 B of header, 6 B left empty: fourteen slots of 16 B and one of 12 B, 120 B in the first half.
  '256B-latency-optimized': { wireBytes: 256, payloadBytes: 236, firstHalf: { wireBytes: 128, payloadBytes: 120 } },
};

export const FLIT_MODES = Object.keys(FLITS) as FlitMode[];
