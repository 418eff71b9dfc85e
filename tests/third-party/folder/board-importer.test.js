import assert from 'node:assert/strict';
import { test } from 'node:test';
import board, { readBoard } from './board-importer.js';

const source = (fileName, text) => ({ fileName, bytes: new TextEncoder().encode(text), readSibling: () => undefined });

test('parts become blocks, wires connections, and a colour is not used', () => {
  const { machine, unused } = readBoard([source('a.txt', 'board v1\nl1 ram 1024 red\n'), source('b.txt', 'wires v1\nl1.port0 dma.local\n')], 1e9);
  assert.deepEqual(machine.blocks, { l1: { use: 'sram', with: { capacityBytes: 1024 } } });
  assert.deepEqual(machine.connect, [['l1.port0', 'dma.local']]);
  assert.deepEqual(
    unused.map(({ line, path }) => [line, path]),
    [[2, 'l1.colour']],
  );
});

test('a wrong line is named, and the first line tells a board from other files', () => {
  assert.throws(() => readBoard([source('a.txt', 'board v1\nl1 lamp\n'), source('b.txt', '')], 1e9), /a\.txt:2/);
  assert.equal(board.recognise(source('a.txt', 'board v1\n')), 1);
  assert.equal(board.recognise(source('a.txt', 'onnx')), 0);
});
