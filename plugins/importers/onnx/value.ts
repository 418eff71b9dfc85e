/** What is known of one ONNX value (an edge of the graph). Shapes are always whole: symbolic ones were resolved or refused. */
export interface Value {
  readonly name: string;
  /** ONNX element type code. */
  readonly type: number;
  readonly shape: readonly number[];
  /** Known before the run: an initializer, or computed from constants alone. */
  readonly constant: boolean;
  /** Elements in row-major order, when constant, small, and there. */
  readonly data?: readonly number[];
  /** Number format in which it is stored: behind DequantizeLinear that of the quantised tensor, while `type` is real. */
  readonly format: string;
  /** Name of the tensor that holds it; another one behind DequantizeLinear and Identity. */
  readonly tensor: string;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
