import type { ResourceDemand } from 'tessera-sim';
import { memoriesOf, product } from 'tessera-sim/zigzag';
import type { DefinesPoint } from './point.js';
import { inputSize } from './tile-chain.js';
import { macsOf } from './run-tile.js';

/** What any way to run the chain needs: the array for every multiply-accumulate once, the outermost memory for inputs, weights and outputs once. */
export function chainBounds({ core, layers }: DefinesPoint): ResourceDemand[] {
  const home = core.memories.at(-1)!;
  const first = layers[0]!.layer;
  const last = layers.at(-1)!.layer;
  const input = product([first.loops['B'] ?? 1, first.loops['C'] ?? 1, inputSize(first, 'X').size, inputSize(first, 'Y').size]) * first.precision['I']!;
  const output = product(last.operands[0]!.dims.map((dim) => last.loops[dim] ?? 1)) * last.precision['O_final']!;
  const weights = layers.reduce(
    (all, { layer }) => all + product(layer.operands.find(({ name }) => name === 'W')!.dims.map((dim) => layer.loops[dim] ?? 1)) * layer.precision['W']!,
    0,
  );
  const ports = home.ports.filter(({ serves }) => serves.length > 0);
  const read = ports.find(({ serves }) => serves.some(({ operand, direction }) => operand === 'I1' && direction === 'rd_out_to_low'));
  const write = ports.find(({ serves }) => serves.some(({ operand, direction }) => operand === 'O' && direction === 'wr_in_by_low'));
  const weightsHome = memoriesOf(core, 'I2').at(-1) === home ? weights : 0;
  const demand = (port: (typeof ports)[number] | undefined, bits: number, parts: string): ResourceDemand[] =>
    port === undefined ? [] : [{ resource: `${home.name} ${port.name}`, kind: 'port', amount: bits, unit: 'bits', perCycle: port.bitsPerCycle, parts }];
  const moved =
    read === write
      ? demand(read, input + weightsHome + output, `input ${input} + weights ${weightsHome} + output ${output}`)
      : [...demand(read, input + weightsHome, `input ${input} + weights ${weightsHome}`), ...demand(write, output, `output ${output}`)];
  return [
    {
      resource: 'array',
      kind: 'compute',
      amount: layers.reduce((all, { layer }) => all + macsOf(layer), 0),
      unit: 'MACs',
      perCycle: product(Object.values(core.array)),
    },
    ...moved,
  ];
}
