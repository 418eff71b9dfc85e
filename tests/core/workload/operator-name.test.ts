import { describe, expect, it } from 'vitest';
import { operatorName } from '../../../core/workload/index.js';

describe('operatorName', () => {
  it.each([
    ['LayerNormalization', 'layernormalization'],
    ['layer-normalization', 'layernormalization'],
    ['layer_norm', 'layernorm'],
    ['Conv2D', 'conv2d'],
    ['QLinearConv', 'conv'],
    ['QLinear-Softmax', 'softmax'],
    ['QGemm', 'qgemm'],
    ['QLinear', 'qlinear'],
    [undefined, ''],
  ])('of %s is %s', (operator, name) => {
    expect(operatorName(operator)).toBe(name);
  });
});
