import { averageComputeStack, stackCycles, type ScheduleResult } from 'tessera-sim';
import { barsHeight, chart, COUNT_AXIS, type Spec } from './spec.js';

type Colours = Readonly<Record<string, string>>;

interface StackPiece {
  readonly bar: string;
  readonly name: string;
  readonly cycles: number;
  readonly percent: number;
  /** Place in the stack. */
  readonly order: number;
}

/** The stall stack of every block: 100 % is the run's length. */
export function stallChart(result: ScheduleResult, colours: Colours): Spec {
  const pieces = result.blocks.flatMap((block) => {
    const total = stackCycles(block);
    return piecesOf(block.path, new Map(Object.entries(block.stallCycles)), total, colours);
  });
  return stacked(pieces, colours, {
    field: 'percent',
    type: 'quantitative',
    title: 'Share of the run (%)',
    scale: { domain: [0, 100] },
    axis: { tickCount: 6 },
  });
}

/** The average core's stack of every run; bars are as long as the runs. */
export function runStackChart(results: readonly ScheduleResult[], colours: Colours): Spec {
  const pieces = results.flatMap((result, index) => {
    const stack = averageComputeStack(result);
    const total = [...stack.values()].reduce((a, b) => a + b, 0);
    return piecesOf(`${index + 1}. ${result.name}`, stack, total, colours);
  });
  return stacked(pieces, colours, { field: 'cycles', type: 'quantitative', title: 'Cycles of the average core', axis: COUNT_AXIS }, 34);
}

/** Work first, rest last, waiting in between: the end of the coloured part tells how long the block was occupied. */
function piecesOf(bar: string, stack: ReadonlyMap<string, number>, total: number, colours: Colours): StackPiece[] {
  const names = Object.keys(colours);
  const orderOf = (name: string): number => (name === 'busy' ? -1 : name === 'idle' ? names.length : names.indexOf(name));
  return [...stack]
    .filter(([, cycles]) => cycles > 0)
    .map(([name, cycles]) => ({ bar, name, cycles, percent: total === 0 ? 0 : (100 * cycles) / total, order: orderOf(name) }));
}

function stacked(values: readonly StackPiece[], colours: Colours, x: Spec, pixelsPerBar = 19): Spec {
  const used = [...new Map(values.map(({ name, order }) => [name, order]))].sort((a, b) => a[1] - b[1]).map(([name]) => name);
  return chart({
    height: barsHeight(new Set(values.map(({ bar }) => bar)).size, pixelsPerBar),
    data: { values },
    mark: 'bar',
    encoding: {
      y: { field: 'bar', type: 'nominal', sort: null, title: null },
      x: { ...x, stack: 'zero' },
      color: { field: 'name', title: null, scale: { domain: used, range: used.map((name) => colours[name]) }, legend: { columns: 5 } },
      order: { field: 'order', type: 'quantitative' },
      tooltip: [
        { field: 'bar', title: 'where' },
        { field: 'name', title: 'class' },
        { field: 'cycles', title: 'cycles', format: ',.0f' },
        { field: 'percent', title: 'share (%)', format: '.1f' },
      ],
    },
  });
}
