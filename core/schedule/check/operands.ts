import type { StateExchange } from '../../kernel/state.js';
import type { LayerView } from '../../mapping/layer-view.js';
import type { OperandView } from '../../mapping/operand-view.js';
import type { TileView } from '../../mapping/tile-view.js';
import { operatorName } from '../../workload/operator-name.js';
import { covers, overlaps, sameExtent, subtract, volumeOf, type Extent } from '../resolve/extent.js';
import type { TensorState } from '../resolve/places.js';
import type { OperationRecord } from '../resolve/record.js';
import { arityOf } from './operator-arity.js';
import { hasWindow, StandardOperands, type Inferred } from './standard-operands.js';
import type { NamedAccess } from './named-access.js';
import { boxText } from './values.js';
import type { ViolationLog } from './violations.js';

/** Holds what the tile of a computation reads and writes against the maps of its layer. */
export class OperandCheck {
  private readonly standard = new StandardOperands();
  /** Layers without operands of which a tile was seen, and those with an access that does not say which operand it is. */
  private readonly seen = new Set<LayerView>();
  private readonly nameless = new Set<LayerView>();

  constructor(private readonly log: ViolationLog) {}

  /** @param layers by number, @param tensors by number */
  state(s: StateExchange, layers: readonly LayerView[], tensors: readonly TensorState[]): void {
    this.standard.exchange(s, layers, tensors);
    for (const set of [this.seen, this.nameless]) {
      const all = [...set];
      s.list(all, (layer) => layers[s.number(layer === undefined ? 0 : layers.indexOf(layer))]!);
      if (s.loading) for (const layer of all) set.add(layer);
    }
  }

  /** Whether a tile of a layer without operands was seen. */
  hasTilesOf(layer: LayerView): boolean {
    return this.seen.has(layer);
  }

  /** Of a layer without operands: those of which nothing says where a tile lies in them. */
  openOperands(layer: LayerView): string[] {
    const open = [...this.standard.of(layer).values()].filter(({ view, name }) => view === undefined && name !== '').map(({ name }) => name);
    return this.nameless.has(layer) ? [...open, 'accesses without operand'] : open;
  }

  /** Tensor of an operand: as the layer states it, or as its tiles show it. */
  tensorOf(layer: LayerView | undefined, operand: string): string | undefined {
    if (layer === undefined) return undefined;
    return layer.operand(operand)?.tensor ?? this.standard.of(layer).get(operand)?.tensor.name;
  }

  check(record: OperationRecord, tile: TileView, reads: readonly NamedAccess[], writes: readonly NamedAccess[]): void {
    const { layer } = tile;
    if (layer.name === '') return;
    this.checkOperator(record, tile);
    if (layer.operands.length > 0) this.checkStated(record, tile, layer.operands, reads, writes);
    else this.checkStandard(record, tile, reads, writes);
  }

  private checkStated(
    record: OperationRecord,
    tile: TileView,
    operands: readonly OperandView[],
    reads: readonly NamedAccess[],
    writes: readonly NamedAccess[],
  ): void {
    for (let i = 0; i < operands.length; i++) if (operands[i]!.role !== 'output') this.checkRead(record, tile, operands[i]!, reads);
    this.checkWrites(record, tile, operands, writes);
    for (let i = 0; i < reads.length; i++) this.checkKnown(record, operands, reads[i]!);
  }

  /** Of a layer that states no operands: what its standard loops, and its other tiles, say. */
  private checkStandard(record: OperationRecord, tile: TileView, reads: readonly NamedAccess[], writes: readonly NamedAccess[]): void {
    this.seen.add(tile.layer);
    if (reads.some(isNameless) || writes.some(isNameless)) this.nameless.add(tile.layer);
    this.checkArity(record, tile, reads);
    for (const access of reads) if (!isSumSoFar(access)) this.checkInferred(record, tile, access, access.operand === 'W' ? 'weight' : 'activation', reads);
    for (const access of writes) this.checkInferred(record, tile, access, 'output', writes);
    for (const inferred of this.standard.of(tile.layer).values()) {
      const accesses = inferred.role === 'output' ? writes : reads;
      // A tile that lies in the padding needs no input.
      if (!FACTORS.has(inferred.name) || (inferred.role === 'activation' && hasWindow(tile.layer)) || accesses.some(({ operand }) => operand === inferred.name))
        continue;
      if (inferred.role !== 'output' || writes.length === 0)
        this.report(
          record,
          `does not ${inferred.role === 'output' ? 'write' : 'read'} operand ${inferred.name} of layer '${tile.layer.name}', as its other tiles do`,
          `an access of '${inferred.tensor.name}'`,
        );
    }
    this.checkFactors(record, tile, reads);
  }

  private checkInferred(record: OperationRecord, tile: TileView, access: NamedAccess, role: OperandView['role'], accesses: readonly NamedAccess[]): void {
    const inferred = this.standard.find(tile, access, role);
    if (inferred === undefined || (role !== 'output' && inferred.role === 'output')) return;
    if (inferred.tensor !== access.tensor) {
      const verb = role === 'output' ? 'writes' : 'reads';
      this.report(
        record,
        `${verb} tensor '${access.tensor.name}' as operand ${inferred.name} of layer '${tile.layer.name}', whose other tiles have '${inferred.tensor.name}'`,
        `tensor ${inferred.tensor.name}`,
        access.tensor,
      );
    } else if (inferred.view === undefined) this.checkSizes(record, tile, inferred, access);
    else if (role === 'output')
      this.checkOutput(
        record,
        tile,
        inferred.view,
        accesses.filter(({ operand, tensor }) => operand === inferred.name && tensor === inferred.tensor),
      );
    else this.checkRead(record, tile, inferred.view, accesses);
  }

  /** Nothing says which dimension is which loop, but the box must have the shape of the tile. */
  private checkSizes(record: OperationRecord, tile: TileView, { name, loops, role, isOfShape }: Inferred, access: NamedAccess): void {
    if (loops === undefined || !tile.layer.isMatrixProduct) return;
    const needed = loops.map((loop) => tile.high[loop]! - tile.low[loop]!).filter((size) => size > 1);
    const given = access.extent.low.map((low, d) => access.extent.high[d]! - low).filter((size) => size > 1);
    const isFlat = given.length !== needed.length;
    // Groups may share a second factor.
    const shared = name === 'W' || name === 'I2' ? groupsOf(tile) : 1;
    const [want, have] = [product(needed) / (isFlat ? shared : 1), product(given)];
    const isFitting = isFlat || (isOfShape && role !== 'output') ? (role === 'output' ? have === want : have >= want) : sorted(needed) === sorted(given);
    if (isFitting) return;
    const verb = role === 'output' ? 'writes' : 'reads';
    this.report(
      record,
      `${verb} ${boxText(access.tensor, access.extent)} as operand ${name}, but its tile of layer '${tile.layer.name}' has ${needed.join(' x ') || '1'} elements of it`,
      'the tensor and the box that the tile needs',
      access.tensor,
    );
  }

  /** An operator that everybody knows computes from so many operands; the sum so far may be one of them. */
  private checkArity(record: OperationRecord, { layer }: TileView, reads: readonly NamedAccess[]): void {
    const needed = arityOf(layer.operatorName);
    if (needed === undefined) return;
    const named = new Set(reads.flatMap(({ operand }) => operand || []));
    const given = named.size + reads.filter(isNameless).length + (record.form.writes?.some(({ mode }) => mode === 'accumulate') === true ? 1 : 0);
    if (given >= needed) return;
    this.report(
      record,
      `reads ${given} of the ${needed} operands that operator '${layer.operator}' of layer '${layer.name}' computes from`,
      needed === 1 ? 'a read with operand: I' : 'reads with operand: I and operand: I2',
    );
  }

  /** A matrix product has two factors. */
  private checkFactors(record: OperationRecord, { layer }: TileView, reads: readonly NamedAccess[]): void {
    if (!layer.isMatrixProduct || !reads.some(({ operand }) => operand !== undefined && operand !== '')) return;
    const has = (name: string): boolean => reads.some(({ operand }) => operand === name);
    if (!has('I') && !hasWindow(layer)) this.report(record, `does not read operand I of layer '${layer.name}'`, 'a read with operand: I');
    else if (this.areExchanged(reads)) this.report(record, `reads a constant as operand I, and as operand W what is none`, 'its operands the other way round');
    else if (!has('W') && !has('I2')) this.report(record, `does not read operand W of layer '${layer.name}'`, 'a read with operand: W, or I2');
  }

  /** Names and sizes may not tell them apart, but weights are constants. */
  private areExchanged(reads: readonly NamedAccess[]): boolean {
    const role = (name: string): string | undefined => reads.find(({ operand }) => operand === name)?.tensor.form.role;
    const weight = role('W');
    return role('I') === 'constant' && weight !== undefined && weight !== 'constant';
  }

  private checkOperator(record: OperationRecord, { layer }: TileView): void {
    const { operator } = record.form;
    if (operator === undefined || operator === layer.operator || operatorName(operator) === layer.operatorName) return;
    this.report(record, `has operator '${operator}', its layer '${layer.name}' has '${layer.operator}'`, `operator: ${layer.operator}`);
  }

  private checkRead(record: OperationRecord, tile: TileView, operand: OperandView, reads: readonly NamedAccess[]): void {
    const needed = operand.region(tile);
    if (volumeOf(needed) === 0) return;
    let rest: Extent[] | undefined;
    let any: NamedAccess | undefined;
    for (let i = 0; i < reads.length; i++) {
      const access = reads[i]!;
      if (!isOperand(access, operand)) continue;
      any ??= access;
      if (access.tensor.name !== operand.tensor) continue;
      if (operand.indirect || covers(access.extent, needed)) return;
      rest = (rest ?? [needed]).flatMap((part) => subtract(part, access.extent));
      if (rest.length === 0) return;
    }
    const what = `operand ${operand.name} of layer '${tile.layer.name}'`;
    if (any === undefined) this.report(record, `does not read ${what}`, `a read of ${boxOf(operand, needed)}`);
    else if (rest === undefined) this.report(record, `reads tensor '${any.tensor.name}' as ${what}`, `tensor ${operand.tensor}`, any.tensor);
    else this.report(record, `reads too little as ${what}: not ${boxOf(operand, rest[0]!)}`, `a box of ${boxOf(operand, needed)}`, any.tensor);
  }

  private checkWrites(record: OperationRecord, tile: TileView, operands: readonly OperandView[], writes: readonly NamedAccess[]): void {
    let known = 0;
    for (const operand of operands) {
      if (operand.role !== 'output') continue;
      const isMine = (access: NamedAccess): boolean => access.tensor.name === operand.tensor && isOperand(access, operand);
      const mine = writes.every(isMine) ? writes : writes.filter(isMine);
      if (mine.length === 0) continue;
      known += mine.length;
      this.checkOutput(record, tile, operand, mine);
    }
    if (known === writes.length && known > 0) return;
    const foreign = writes.find(
      (access) => !operands.some((operand) => operand.role === 'output' && operand.tensor === access.tensor.name && isOperand(access, operand)),
    );
    const outputs = operands.filter(({ role }) => role === 'output').map(({ tensor }) => `'${tensor}'`);
    if (foreign !== undefined) {
      this.report(
        record,
        `writes ${boxText(foreign.tensor, foreign.extent)}, which layer '${tile.layer.name}' does not make`,
        `tensor ${outputs.join(', ')}`,
        foreign.tensor,
      );
    } else if (known === 0 && outputs.length > 0)
      this.report(record, `writes nothing of what layer '${tile.layer.name}' makes`, `a write of ${outputs.join(', ')}`);
  }

  /** Each write is a part of what the tile makes, and together they are all of it. */
  private checkOutput(record: OperationRecord, tile: TileView, operand: OperandView, writes: readonly NamedAccess[]): void {
    const made = operand.region(tile);
    if (writes.length === 1 && sameExtent(writes[0]!.extent, made)) return;
    let rest: Extent[] = [made];
    for (const access of writes) {
      if (!covers(made, access.extent)) {
        this.report(
          record,
          `writes ${boxText(access.tensor, access.extent)}, but its tile of layer '${tile.layer.name}' makes ${boxOf(operand, made)}`,
          'the box that the tile makes',
          access.tensor,
        );
        return;
      }
      rest = rest.flatMap((part) => (overlaps(part, access.extent) ? subtract(part, access.extent) : [part]));
    }
    if (rest.length === 0 || volumeOf(made) === 0) return;
    this.report(record, `does not write ${boxOf(operand, rest[0]!)}, which its tile of layer '${tile.layer.name}' makes`, `all of ${boxOf(operand, made)}`);
  }

  private checkKnown(record: OperationRecord, operands: readonly OperandView[], access: NamedAccess): void {
    if (access.operand === undefined || operands.some(({ name }) => name === access.operand)) return;
    this.report(
      record,
      `reads '${access.tensor.name}' as operand '${access.operand}', which its layer does not have`,
      operands.map(({ name }) => name).join(', '),
    );
  }

  private report(record: OperationRecord, what: string, advice: string, tensor?: TensorState): void {
    this.log.report({
      rule: 'operand-mismatch',
      message: `operation ${record.id} ${what}`,
      advice: `give it ${advice}`,
      operations: [record.id],
      ...(record.form.layer === undefined ? {} : { layer: record.form.layer }),
      ...(tensor === undefined ? {} : { tensor: tensor.name }),
    });
  }
}

/** What every tile of a layer has; others (a bias) are for some. */
const FACTORS: ReadonlySet<string> = new Set(['I', 'W', 'I2', 'O']);

function isNameless({ operand }: NamedAccess): boolean {
  return operand === undefined || operand === '';
}

/** An operation that reads the sum that it adds to. */
function isSumSoFar({ operand }: NamedAccess): boolean {
  return operand === 'O';
}

/** By the name that the access gives, else by its tensor. */
function isOperand(access: NamedAccess, operand: OperandView): boolean {
  return access.operand === undefined || access.operand === '' ? access.tensor.name === operand.tensor : access.operand === operand.name;
}

function boxOf(operand: OperandView, { low, high }: Extent): string {
  return `'${operand.tensor}' (${operand.dimensionNames.map((dim, d) => `${dim} ${low[d]}..${high[d]}`).join(', ')})`;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function sorted(sizes: readonly number[]): string {
  return [...sizes].sort((a, b) => a - b).join(' ');
}

function groupsOf(tile: TileView): number {
  const out = { groups: 1, m: 1, n: 1, reduction: 1 };
  tile.readProduct(false, out);
  return out.groups;
}
