import { Heap } from 'heap-js';
import { Kernel, Phase, WheelQueue, type EventHandler } from 'tessera-sim';
import type { Benchmark, Prepared } from '../benchmark.js';
import { rateOf, ratiosOf } from '../costs.js';
import { type Contender, type Samples } from '../measure/interleave.js';
import { cpuSeconds } from '../measure/own-cpu.js';
import { UNIT_KEY, UNIT_LOAD } from '../measure/unit.js';
import type { Findings, Ratio } from '../report.js';

const { pending: PENDING, events: EVENTS, periodTicks: PERIOD_TICKS, randomState: RANDOM_STATE } = UNIT_LOAD;

/** The load of all contenders: every event schedules its successor 1 to 64 cycles ahead, drawn from this generator. */
function nextDelay(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x;
}

class Hopper implements EventHandler {
  left = EVENTS;
  state: number = RANDOM_STATE;
  id = 0;

  constructor(private readonly kernel: Kernel) {}

  onEvent(code: number, arg: number): void {
    if (--this.left < PENDING) return;
    this.state = nextDelay(this.state);
    this.kernel.schedule(this.id, this.kernel.now + (1 + (this.state & 63)) * PERIOD_TICKS, Phase.compute, code, arg);
  }
}

const wheel: Contender = {
  key: 'kernel wheel',
  run: () => {
    const kernel = new Kernel(new WheelQueue(PERIOD_TICKS));
    const hopper = new Hopper(kernel);
    hopper.id = kernel.register('hopper', hopper);
    kernel.start();
    for (let i = 0; i < PENDING; i++) kernel.schedule(hopper.id, (1 + (i & 63)) * PERIOD_TICKS, Phase.compute, i, 0);
    const runLoop = cpuSeconds(() => void kernel.run());
    return { runLoop, work: kernel.eventCount };
  },
};

/** The usual way in JavaScript: a heap of objects that carry closures. */
const heapOfClosures: Contender = {
  key: 'kernel heap-js',
  run: () => {
    const heap = new Heap<{ time: number; sequence: number; run: () => void }>((a, b) => a.time - b.time || a.sequence - b.sequence);
    let sequence = 0;
    let state: number = RANDOM_STATE;
    let left: number = EVENTS;
    let now = 0;
    const hop = (code: number): void => {
      if (--left < PENDING) return;
      state = nextDelay(state);
      heap.push({ time: now + (1 + (state & 63)) * PERIOD_TICKS, sequence: sequence++, run: () => hop(code) });
    };
    for (let i = 0; i < PENDING; i++) heap.push({ time: (1 + (i & 63)) * PERIOD_TICKS, sequence: sequence++, run: () => hop(i) });
    const runLoop = cpuSeconds(() => {
      for (let event = heap.pop(); event !== undefined; event = heap.pop()) {
        now = event.time;
        event.run();
      }
    });
    return { runLoop, work: EVENTS };
  },
};

export const kernelBench: Benchmark = {
  name: 'kernel',
  summary: `The event kernel alone: ${PENDING} events are pending, each schedules its successor 1 to 64 cycles ahead, ${EVENTS / 1e6} million in all; beside it the same load on heap-js with closures and on the C++ loop of the unit. In the benchmark's own process, so for this build only.`,
  prepare: (): Prepared => ({ contenders: [wheel, heapOfClosures], summarise }),
};

function summarise(samples: Samples): Findings {
  const unit = 'million events / CPU s';
  const hasUnit = (samples.get(UNIT_KEY) ?? []).length > 0;
  return {
    measurements: {
      'kernel, Tessera': rateOf(samples, wheel.key, unit, 1e6),
      'kernel, heap-js with closures': rateOf(samples, heapOfClosures.key, unit, 1e6),
      ...(hasUnit ? { 'kernel, C++ priority_queue + std::function': rateOf(samples, UNIT_KEY, unit, 1e6) } : {}),
    },
    ratios: [
      ...ratioTo(samples, heapOfClosures.key, 'heap-js with closures', 5),
      ...(hasUnit ? ratioTo(samples, UNIT_KEY, 'C++ priority_queue + std::function', 1.5) : []),
    ],
    stored: [],
    notes: [],
  };
}

/** All contenders dispatch the same number of events. */
function ratioTo(samples: Samples, other: string, against: string, bar: number): Ratio[] {
  return ratiosOf(samples, { name: 'kernel', own: wheel.key, other, against, bar });
}
