import { averageComputeStack, stackCycles, type ComputeUnit, type ScheduleResult, type StallResult } from 'tessera-sim';
import { barsHeight, chart, COUNT_AXIS, type Spec } from './spec.js';

type Colours = Readonly<Record<string, string>>;

interface StackPiece {
  readonly bar: string;
  readonly name: string;
  readonly role: StallResult['role'];
  readonly cycles: number;
  readonly percent: number;
  /** Place in the stack. */
  readonly order: number;
}

/** The stall stack of every block: 100 % is the run's length. */
export function stallChart(result: ScheduleResult, colours: Colours): Spec {
  const pieces = result.blocks.flatMap((block) => piecesOf(block.path, block.stalls, colours));
  return stacked(pieces, colours, {
    field: 'percent',
    type: 'quantitative',
    title: 'Share of the run (%)',
    scale: { domain: [0, 100] },
    axis: { tickCount: 6 },
  });
}

/** The average stack of the arrays, or of the vector units, of every run; bars are as long as the runs. */
export function runStackChart(results: readonly ScheduleResult[], unit: ComputeUnit, colours: Colours): Spec {
  const pieces = results.flatMap((result, index) => piecesOf(`${index + 1}. ${result.name}`, averageComputeStack(result, unit), colours));
  return stacked(pieces, colours, { field: 'cycles', type: 'quantitative', title: 'Cycles of the average unit', axis: COUNT_AXIS }, 34);
}

const ROLE_PLACES = { work: 0, wait: 1, rest: 2 } as const;

/** Work first, rest last, waiting in between: the end of the coloured part tells how long the block was occupied. */
function piecesOf(bar: string, stalls: readonly StallResult[], colours: Colours): StackPiece[] {
  const names = Object.keys(colours);
  const total = stackCycles(stalls);
  return stalls
    .filter(({ cycles }) => cycles > 0)
    .map(({ class: name, role, cycles }) => ({
      bar,
      name,
      role,
      cycles,
      percent: total === 0 ? 0 : (100 * cycles) / total,
      order: ROLE_PLACES[role] * names.length + names.indexOf(name),
    }));
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
        { field: 'role', title: 'role' },
        { field: 'cycles', title: 'cycles', format: ',.0f' },
        { field: 'percent', title: 'share (%)', format: '.1f' },
      ],
    },
  });
}
