import { InputError } from '../../errors.js';
import { boxVolume } from '../../workload/box.js';
import type { NestLowering } from './lowering.js';
import { boxAt, extentsAt, type NestSpace } from './space.js';
import { visitsOf } from './visits.js';

/** @throws InputError for a nest that cannot be lowered at this place */
export function checkLowering(lowering: NestLowering, space: NestSpace, computeLevel: number): void {
  checkReach(lowering, space);
  checkLevels(lowering, space, computeLevel);
  checkOutputs(lowering, space, computeLevel);
}

function checkReach({ layer }: NestLowering, space: NestSpace): void {
  for (const [dim, reach] of extentsAt(space, 0).entries()) {
    const size = space.high[dim]! - space.low[dim]!;
    if (reach >= size) continue;
    throw new InputError({ path: `layer ${layer}`, message: `the nest's loops ${space.names[dim]} reach over ${reach} of ${size} points` });
  }
}

function checkLevels({ layer, nest, placement }: NestLowering, space: NestSpace, computeLevel: number): void {
  const path = `layer ${layer}`;
  if (!Number.isInteger(computeLevel) || computeLevel < 0 || computeLevel > nest.levels.length) {
    throw new InputError({ path, message: `level ${computeLevel} is none of the nest's`, expected: `0 to ${nest.levels.length}` });
  }
  for (const { spatial, level, axis, dim } of space.loops) {
    if (!spatial || level >= computeLevel || (axis !== undefined && axis in placement.axes)) continue;
    const where = axis === undefined ? 'no axis' : `axis '${axis}', which the placement does not have`;
    const message = `the spatial loop ${space.names[dim]} of level ${level} lies on ${where}`;
    throw new InputError({ path, message, expected: Object.keys(placement.axes).join(', ') || 'a placement with axes' });
  }
}

/** Elements of an output that two tiles write without adding them up would be lost. */
function checkOutputs({ layer, operands, sizes }: NestLowering, space: NestSpace, computeLevel: number): void {
  for (const operand of operands) {
    if (operand.role !== 'output') continue;
    const { stepElements } = visitsOf(space, sizes, operand, { level: computeLevel, sharedFrom: 0, firstOnly: true });
    const elements = boxVolume(operand.region(boxAt(space, space.low, extentsAt(space, 0))));
    if (stepElements <= elements) continue;
    throw new InputError({
      path: `layer ${layer}`,
      message: `tiles of output ${operand.name} overlap: they write ${stepElements} elements, the layer has ${elements}`,
      expected: 'loops that an output depends on cut where its elements are disjoint',
    });
  }
}
