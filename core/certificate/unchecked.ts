/** What a certificate says nothing of. */
export interface Unchecked {
  /** Layers without `operands`: the tensors that their first tiles name count as the right ones. */
  readonly tensors: readonly string[];
  /** Of these: operands of which nothing says where a tile lies. */
  readonly places: Readonly<Record<string, readonly string[]>>;
  /** Computations that name no layer of the schedule. */
  readonly computations: number;
  /** What to add. */
  readonly advice: string;
}

const ADVICE =
  "give every layer 'operands', or set a workload with its layers and tensors, by their names, beside the schedule; let every computation name its layer";

/** Undefined when nothing is left out. */
export function uncheckedOf(tensors: readonly string[], places: ReadonlyMap<string, ReadonlySet<string>>, computations: number): Unchecked | undefined {
  if (tensors.length === 0 && computations === 0) return undefined;
  const open = [...places].filter(([, names]) => names.size > 0).map(([layer, names]): [string, string[]] => [layer, [...names].sort()]);
  return { tensors, places: Object.fromEntries(open), computations, advice: ADVICE };
}
