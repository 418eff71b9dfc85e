import { InputError, type ImportSource } from 'tessera-sim';
import { MAXIMUM_DEPTH, MAXIMUM_NODES, scopeKind, type TileflowLoop, type TileflowNode, type TileflowSaid } from 'tessera-sim/tileflow';

export interface PrintedFile {
  readonly tree?: TileflowNode;
  readonly said?: TileflowSaid;
}

const LOOP = /^for (\w) in \[0:(?:\w+\((\d{1,10})\)|(\d{1,10}))\)( \(Spatial-([XY])\))?, (\S+)$/;

/** The tool's output: the tree with the factors that it found, its result, or both. `shared`: tensors handed on between operations. */
export function readPrinted({ fileName, bytes }: ImportSource, shared: readonly string[]): PrintedFile {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const said = resultIn(lines, fileName);
  const start = lines.findIndex((line) => /^\s*(for \w+ in |Scope:)/.test(line));
  return { ...(start < 0 ? {} : { tree: new PrintedTree(lines, start, fileName, shared).read() }), ...(said === undefined ? {} : { said }) };
}

/** Cycles and energy of a table of metrics. */
export function resultIn(lines: readonly string[], file: string): TileflowSaid | undefined {
  const value = (metric: string): number | undefined => {
    const index = lines.findIndex((line) => line.startsWith(`${metric},`));
    if (index < 0) return undefined;
    const found = Number(lines[index]!.slice(metric.length + 1).trim() || NaN);
    if (Number.isFinite(found) && found >= 0) return found;
    throw new InputError({ file, line: index + 1, path: metric, message: `'${lines[index]!}' has no number`, expected: `${metric},NUMBER` });
  };
  const [cycles, energyPj] = [value('Cycle'), value('Energy')];
  return cycles === undefined ? undefined : { cycles, ...(energyPj === undefined ? {} : { energyPj }) };
}

class PrintedTree {
  private nodes = 0;

  constructor(
    private readonly lines: readonly string[],
    private at: number,
    private readonly file: string,
    private readonly shared: readonly string[],
  ) {}

  read(): TileflowNode {
    return this.node([], 0);
  }

  /** `above`: memories of temporal tiles above; a tile at one of them splits it, and hands tensors of the scope on within it. */
  private node(above: readonly string[], depth: number): TileflowNode {
    if (++this.nodes > MAXIMUM_NODES || depth > MAXIMUM_DEPTH)
      throw this.fault('the tree is too large', `${MAXIMUM_NODES} nodes, ${MAXIMUM_DEPTH} inside one another`);
    const line = this.line();
    const operation = /^Op: ([^(\s]+)\(/.exec(line);
    if (operation !== null) {
      this.at += 1;
      return { type: 'op', name: operation[1]! };
    }
    const scope = /^Scope:\s*(\w*)\s*(\{?)$/.exec(line);
    if (scope !== null) return this.scope(scope[1]!, scope[2] === '{', above, depth);
    const first = LOOP.exec(line);
    if (first === null) throw this.fault(`'${line}' is no loop, scope or operation`, "the tool's printed tree");
    const [level, spatial] = [first[6]!, first[4] !== undefined];
    const loops: TileflowLoop[] = [];
    for (let loop: RegExpExecArray | null = first; loop !== null && loop[6] === level && (loop[4] !== undefined) === spatial;) {
      if (loops.some(({ dimension }) => dimension === loop![1])) break;
      const size = Number(loop[2] ?? loop[3]);
      if (size < 1) throw this.fault(`loop over ${loop[1]!} makes no iterations`, '1 or more');
      loops.push({ dimension: loop[1]!, size, ...(loop[5] === undefined ? {} : { axis: loop[5] as 'X' | 'Y' }) });
      this.at += 1;
      // A line of tensors ends a tile.
      loop = LOOP.exec((this.lines[this.at] ?? '').trim());
    }
    const splits = !spatial && above.includes(level);
    return {
      type: 'tile',
      level,
      spatial,
      loops,
      bypass: splits ? this.shared : [],
      profile: !splits,
      multicast: true,
      child: this.node(spatial ? above : [...above, level], depth + 1),
    };
  }

  private scope(kind: string, opened: boolean, above: readonly string[], depth: number): TileflowNode {
    const name = kind === '' ? 'sharing' : kind;
    if (!/^(seq|shar|pipe|para)/i.test(name)) throw this.fault(`there is no scope '${kind}'`, 'Sequential, Sharing, Pipeline or Parallel');
    this.at += 1;
    if (!opened) {
      if (this.line() !== '{') throw this.fault('a scope has no parts', '{');
      this.at += 1;
    }
    const children: TileflowNode[] = [];
    while (this.line() !== '}') children.push(this.node(above, depth + 1));
    this.at += 1;
    if (children.length === 0) throw this.fault('a scope is empty', 'its parts');
    return { type: 'scope', kind: scopeKind(name, 'Scope'), children };
  }

  /** The next line that says something of the tree: lists of tensors follow from it. */
  private line(): string {
    while (this.at < this.lines.length) {
      const line = this.lines[this.at]!.trim();
      if (line !== '' && !/^(read|update|fill|write-back):/.test(line)) return line;
      this.at += 1;
    }
    throw this.fault('the printed tree ends too early', 'loops down to operations');
  }

  private fault(message: string, expected: string): InputError {
    return new InputError({ file: this.file, line: Math.min(this.at + 1, this.lines.length), message, expected });
  }
}
