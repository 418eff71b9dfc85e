import type { StateExchange } from 'tessera-sim';

/** Numbers that are mostly zero, in place: told as runs of those that are not. */
export function exchangeSparse(s: StateExchange, values: Int32Array | Float64Array): void {
  const runs = s.loading ? [] : runsOf(values);
  s.numbers(runs);
  if (!s.loading) return;
  values.fill(0);
  for (let at = 0; at < runs.length;) {
    const [first, length] = [runs[at]!, runs[at + 1]!];
    at += 2;
    for (let i = 0; i < length; i++) values[first + i] = runs[at++]!;
  }
}

/** Place, length and numbers of each run. */
function runsOf(values: Int32Array | Float64Array): number[] {
  const runs: number[] = [];
  for (let at = 0; at < values.length;) {
    if (values[at] === 0) {
      at++;
      continue;
    }
    const first = at;
    while (at < values.length && values[at] !== 0) at++;
    runs.push(first, at - first);
    for (let i = first; i < at; i++) runs.push(values[i]!);
  }
  return runs;
}
