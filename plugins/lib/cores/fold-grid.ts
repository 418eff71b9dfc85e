/** What of an array the number of its folds depends on. */
export interface ArraySize {
  readonly rows: number;
  readonly columns: number;
}

/** Folds of a product of `groups` groups whose rows and columns are spread over an array, the partly used ones included. */
export function foldCount(array: ArraySize, groups: number, onRows: number, onColumns: number): number {
  return groups * Math.ceil(onRows / array.rows) * Math.ceil(onColumns / array.columns);
}

/**
 * The folds of a matrix product on an array and where each of them lies: groups outside, then column folds, then row folds.
 * Some row folds in a row may be one step, whose operands are moved together. One object per core, divided again for every
 * operation.
 */
export class FoldGrid {
  folds = 1;
  steps = 1;
  /** Row folds, and the steps that they are grouped into, of one column fold. */
  rowFolds = 1;
  rowSteps = 1;

  // Place of the step that `locate` was last asked for.
  group = 0;
  rowStep = 0;
  row = 0;
  usedRows = 0;
  column = 0;
  usedColumns = 0;

  private onRows = 1;
  private onColumns = 1;
  private columnFolds = 1;
  private foldsPerStep = 1;

  constructor(private readonly array: ArraySize) {}

  divide(groups: number, onRows: number, onColumns: number, foldsPerStep: number): void {
    const { rows, columns } = this.array;
    this.onRows = onRows;
    this.onColumns = onColumns;
    this.foldsPerStep = foldsPerStep;
    this.rowFolds = Math.ceil(onRows / rows);
    this.columnFolds = Math.ceil(onColumns / columns);
    this.rowSteps = Math.ceil(this.rowFolds / foldsPerStep);
    this.folds = foldCount(this.array, groups, onRows, onColumns);
    this.steps = groups * this.rowSteps * this.columnFolds;
  }

  /** Row folds of a step. */
  foldsOfStep(step: number): number {
    return Math.min(this.foldsPerStep, this.rowFolds - (step % this.rowSteps) * this.foldsPerStep);
  }

  locate(step: number): void {
    const { rows, columns } = this.array;
    const stepRows = this.foldsPerStep * rows;
    const outer = Math.floor(step / this.rowSteps);
    this.rowStep = step % this.rowSteps;
    this.row = this.rowStep * stepRows;
    this.group = Math.floor(outer / this.columnFolds);
    this.column = (outer % this.columnFolds) * columns;
    this.usedRows = Math.min(stepRows, this.onRows - this.row);
    this.usedColumns = Math.min(columns, this.onColumns - this.column);
  }
}
