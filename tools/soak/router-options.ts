import type { RouterParameters } from 'tessera-sim/noc-flit';

/** Routers that differ from the default in one option (or in two that matter together). */
export const routerOptions: Readonly<Record<string, Partial<RouterParameters>>> = {
  speculative: { speculative: true },
  lookahead: { routingDelay: 0 },
  'speculative lookahead': { speculative: true, routingDelay: 0 },
  'hold-switch': { holdSwitchForPacket: true },
  'wait-for-tail': { waitForTailCredit: true },
  'hold-switch wait-for-tail': { holdSwitchForPacket: true, waitForTailCredit: true },
  'input-speedup 2': { inputSpeedup: 2 },
  'output-speedup 2': { outputSpeedup: 2 },
  'internal-speedup 1.5': { internalSpeedup: 1.5 },
  'separable input first': { vcAllocator: 'separable_input_first', switchAllocator: 'separable_input_first' },
  'separable output first': { vcAllocator: 'separable_output_first', switchAllocator: 'separable_output_first' },
  wavefront: { vcAllocator: 'wavefront', switchAllocator: 'wavefront' },
  'islip of 3 iterations': { allocatorIterations: 3 },
  'slow stages': { routingDelay: 2, vcAllocDelay: 2, switchAllocDelay: 2, switchFinalDelay: 2, creditDelay: 2 },
  'slow links': { linkPhits: 2, linkClockRatio: 0.8, linkCycles: 2 },
  'one VC of one flit': { numVcs: 1, vcBufferFlits: 1 },
};
