import { type DramConfig } from 'tessera-sim/dram-simple';

/** What a bank-level multiply-accumulate unit adds to a DRAM. */
export interface PimShape {
  /** Products that the unit of one bank forms per MAC command. */
  readonly lanes: number;
  /** Distance of two MAC commands; each reads one column of every bank. */
  readonly tCCD: number;
  /** Banks that one activation command opens. */
  readonly banksPerActivate: number;
  /** Distance of two activation commands. */
  readonly tFAW: number;
  /** Bytes of the input vector that each channel holds for its banks. */
  readonly globalBufferBytes: number;
  /** Cycles to write one column's worth of the vector into the buffers. */
  readonly broadcastCyclesPerColumn: number;
  /** From the last MAC command to the sums being complete. */
  readonly macPipelineCycles: number;
  /** Bytes of one bank's result. */
  readonly resultBytes: number;
  /** From the start of a kernel to its first command. */
  readonly kernelStartCycles: number;
  /** Short rows of the matrix share a row of their bank. */
  readonly packRows: boolean;
}

/** A matrix of `outputs` x `reduction` weights, multiplied with `vectors` vectors, `groups` times over. */
export interface KernelShape {
  groups: number;
  vectors: number;
  outputs: number;
  reduction: number;
  weightBits: number;
  inputBits: number;
  outputBits: number;
}

/** How a kernel lies in the banks. */
export interface KernelLayout {
  /** Row tiles: one output per bank of every channel. */
  tiles: number;
  /** Elements of one chunk of the reduction: what an open row holds, or the buffer if that is less. */
  chunkElements: number;
  chunks: number;
  /** Chunks whose part of the vector is in the buffer at once. */
  chunksPerLoad: number;
  loads: number;
  /** Tiles whose outputs share a row of their bank, when the whole reduction is shorter than a row (keys of a cache). */
  tilesPerRow: number;
}

export function layOut(config: DramConfig & PimShape, shape: KernelShape, layout: KernelLayout): void {
  const rowElements = Math.max(1, Math.floor((config.rowBytes * 8) / shape.weightBits));
  const bufferElements = Math.max(1, Math.floor((config.globalBufferBytes * 8) / shape.inputBits));
  layout.tiles = Math.ceil(shape.outputs / (config.banks * config.channels));
  layout.chunkElements = Math.min(rowElements, bufferElements, shape.reduction);
  layout.chunks = Math.ceil(shape.reduction / layout.chunkElements);
  layout.chunksPerLoad = Math.max(1, Math.floor(bufferElements / layout.chunkElements));
  layout.loads = Math.ceil(layout.chunks / layout.chunksPerLoad);
  layout.tilesPerRow = config.packRows && layout.chunks === 1 ? Math.max(1, Math.floor(rowElements / shape.reduction)) : 1;
}

/** MAC commands for some elements of an open row: columns, or more when a column holds more elements than the unit has lanes. */
export function macCommands(config: DramConfig & PimShape, elements: number, weightBits: number): number {
  const columnElements = Math.max(1, Math.floor((config.burstBytes * 8) / weightBits));
  return Math.ceil(elements / Math.min(config.lanes, columnElements));
}

/** From the first activation command to the last. */
function activationSpan(config: DramConfig & PimShape): number {
  return (Math.ceil(config.banks / config.banksPerActivate) - 1) * config.tFAW;
}

/** Cycles of reading one result of every bank over the channel's bus. */
export function resultBusCycles(config: DramConfig & PimShape): number {
  return Math.ceil((config.banks * config.resultBytes) / config.bytesPerCycle);
}

/** From the last MAC command of a sum to the sums having been read: they are in the way of the next tile's. */
function resultCycles(config: DramConfig & PimShape): number {
  return config.macPipelineCycles + config.tCL + resultBusCycles(config);
}

/**
 * From the first activation of a row to the end of its last MAC, for `tiles` tiles of `commands` commands each; the sums of
 * one tile are read before the next one's begin.
 */
export function macEndCycles(config: DramConfig & PimShape, commands: number, tiles: number): number {
  return activationSpan(config) + config.tRCD + tiles * commands * config.tCCD + (tiles - 1) * resultCycles(config);
}

/** From the first activation to the moment at which the banks can be activated again. */
export function rowCycles(config: DramConfig & PimShape, commands: number, tiles: number): number {
  const lastMac = macEndCycles(config, commands, tiles) - config.tCCD;
  return Math.max(activationSpan(config) + config.tRAS, lastMac + config.tRTP) + config.tRP;
}

/** From the first activation of a row whose sums are then read to the next activation. */
function rowWithResultCycles(config: DramConfig & PimShape, commands: number, tiles: number): number {
  return Math.max(rowCycles(config, commands, tiles), macEndCycles(config, commands, tiles) + resultCycles(config));
}

export function broadcastCycles(config: DramConfig & PimShape, elements: number, inputBits: number): number {
  return Math.ceil((elements * inputBits) / 8 / config.burstBytes) * config.broadcastCyclesPerColumn;
}

/**
 * Cycles of a kernel that shares the banks with nobody and meets no refresh: every load of the buffer is a read of the vector
 * and a broadcast, every row tile its rows, every vector one write of the results. Reads and writes of the vector are taken
 * as one row miss and their bus time.
 */
export function kernelCycles(config: DramConfig & PimShape, shape: KernelShape): number {
  const layout: KernelLayout = { tiles: 0, chunkElements: 0, chunks: 0, chunksPerLoad: 0, loads: 0, tilesPerRow: 1 };
  layOut(config, shape, layout);
  let cycles = 0;
  for (let load = 0; load < layout.loads; load++) {
    const first = load * layout.chunksPerLoad;
    const last = Math.min(layout.chunks, first + layout.chunksPerLoad) - 1;
    const elements = Math.min(shape.reduction, (last + 1) * layout.chunkElements) - first * layout.chunkElements;
    cycles += missCycles(config, (elements * shape.inputBits) / 8, config.tCL) + broadcastCycles(config, elements, shape.inputBits);
    const full = rowCycles(config, macCommands(config, layout.chunkElements, shape.weightBits), 1);
    const lastElements = Math.min(layout.chunkElements, shape.reduction - last * layout.chunkElements);
    const commands = macCommands(config, lastElements, shape.weightBits);
    const { tiles, tilesPerRow } = layout;
    cycles += tiles * (last - first) * full + Math.floor(tiles / tilesPerRow) * rowWithResultCycles(config, commands, tilesPerRow);
    if (tiles % tilesPerRow > 0) cycles += rowWithResultCycles(config, commands, tiles % tilesPerRow);
  }
  cycles += missCycles(config, (shape.outputs * shape.outputBits) / 8, config.tCWL);
  return config.kernelStartCycles + shape.groups * shape.vectors * cycles;
}

function missCycles(config: DramConfig, bytes: number, latency: number): number {
  const channels = Math.min(config.channels, Math.ceil(bytes / config.interleaveBytes));
  return config.tRCD + latency + Math.ceil(bytes / channels / config.bytesPerCycle);
}
