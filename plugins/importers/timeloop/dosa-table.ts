import { InputError, type ImportSource } from 'tessera-sim';
import { gemminiLikeMachine, readDosaMapping, readProblem, type TimeloopCase } from 'tessera-sim/timeloop';

export interface DosaRow extends TimeloopCase {
  readonly cycles?: number;
  readonly energyPj?: number;
  readonly rows: number;
}

/** One row of `dataset.csv`: problem, machine, mapping, and what Timeloop said. No cell holds a comma. */
export function readDosaRow({ fileName: file, bytes }: ImportSource, row: number): DosaRow {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const header = lines[0]!.split(',');
  const line = row + 2;
  if (row + 1 >= lines.length)
    throw new InputError({ file, line: lines.length, path: 'row', message: `there is no row ${row}`, expected: `0 to ${lines.length - 2}` });
  const cells = lines[row + 1]!.split(',');
  if (cells.length !== header.length)
    throw new InputError({ file, line, message: `the row has ${cells.length} cells`, expected: `${header.length}, as the header` });
  const cell = (name: string): string => {
    const index = header.indexOf(name);
    if (index < 0) throw new InputError({ file, line: 1, message: `there is no column '${name}'`, expected: "the columns of DOSA's data set" });
    return cells[index]!;
  };
  const number = (name: string): number => {
    const value = Number(cell(name));
    if (cell(name) !== '' && Number.isFinite(value)) return value;
    throw new InputError({ file, line, path: name, message: `'${cell(name).slice(0, 40)}' is no number`, expected: 'a number' });
  };
  const dimensions = ['R', 'S', 'P', 'Q', 'C', 'K', 'N', 'Wstride', 'Hstride', 'Wdilation', 'Hdilation'];
  const columns = number('arch.meshX');
  return {
    rows: lines.length - 1,
    problem: readProblem({ shape: cell('prob.shape'), ...Object.fromEntries(dimensions.map((name) => [name, number(`prob.${name}`)])) }),
    machine: gemminiLikeMachine({
      columns,
      rows: number('arch.pe') / columns,
      accumulator: { words: number('arch.mem1_entries'), wordBits: number('arch.mem1_word-bits'), sharedBandwidth: number('arch.mem1_shared_bandwidth') },
      scratchpad: { words: number('arch.mem2_entries'), wordBits: number('arch.mem2_word-bits'), sharedBandwidth: number('arch.mem2_shared_bandwidth') },
      // The data set's machines differ in their array and their two memories alone.
      dram: { wordBits: 8, sharedBandwidth: 8 },
    }),
    mapping: readDosaMapping(cell('mapping.mapping')),
    ...(header.includes('target.cycle') ? { cycles: number('target.cycle') } : {}),
    ...(header.includes('target.energy') ? { energyPj: number('target.energy') * 1e6 } : {}),
  };
}
