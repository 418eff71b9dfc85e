/**
 * The same number, as V8 stores small integers. A quotient that comes out whole may still be stored as a double; one of them in an array
 * makes doubles of all its elements, and of every array made at the same place, and each look at one then costs an allocation.
 */
export function smallInteger(value: number): number {
  const whole = value | 0;
  return whole === value ? whole : value;
}
