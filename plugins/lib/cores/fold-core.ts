import type { Block, BlockContext, Port, StateExchange, WaitFor } from 'tessera-sim';
import type { CoreStatistic, FoldEngineConfig } from './core-declarations.js';
import { type FoldCoreModel, FoldEngine } from './fold-engine.js';

/** A compute core as a block: the engine behind the block's interface. */
export class FoldCore<Config extends FoldEngineConfig> implements Block {
  readonly unit: FoldEngine<Config>;

  constructor(context: BlockContext<Config, CoreStatistic>, model: FoldCoreModel) {
    this.unit = new FoldEngine(context, model);
  }

  onArrival(port: Port): void {
    this.unit.onArrival(port);
  }

  onRoom(port: Port): void {
    this.unit.onRoom(port);
  }

  waits(): readonly WaitFor[] {
    return this.unit.waits();
  }

  state(s: StateExchange): void {
    this.unit.state(s);
  }

  finish(): void {
    this.unit.settle();
  }
}
