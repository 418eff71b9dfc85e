import { L } from './assembly/layout.js';
import type { FlitState } from './state.js';

/** Traffic of one channel since the start. */
export interface LinkLoad {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly flits: number;
  /** Flits of each virtual channel. */
  readonly vcFlits: readonly number[];
}

/** Flits per router-to-router channel, in the order of the graph. */
export function linkLoads(state: FlitState): LinkLoad[] {
  return state.graph.channels.map(({ from, to }) => {
    const first = state.inputVc(to.router, to.port);
    const vcFlits = Array.from({ length: state.numVcs }, (_, vc) => state.memory.words[first + (vc << state.vcShift) + L.VC_FLITS]!);
    return {
      from: from.router,
      to: to.router,
      label: `r${from.router}.${from.port}-r${to.router}`,
      flits: vcFlits.reduce((sum, flits) => sum + flits, 0),
      vcFlits,
    };
  });
}
