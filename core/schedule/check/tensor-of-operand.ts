/** Tensor that an operand of a layer is in the schedule; undefined when nothing says so. */
export type TensorOfOperand = (layer: string, operand: string) => string | undefined;
