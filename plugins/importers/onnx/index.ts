import { definePlugin, oneSource } from 'tessera-sim';
import { onnxOptionsSchema, type OnnxOptions } from './options.js';
import { readOnnx } from './read-onnx.js';

const onnxImporter = definePlugin<OnnxOptions>({
  kind: 'importer',
  name: 'onnx',
  version: '1.0.0',
  summary: 'ONNX models: layers with loops, operand maps and formats; own shape inference, folding of shape arithmetic, quantised forms',
  sources: ['ONNX IR and operator specification, opsets 5 to 23', 'ONNX Runtime contrib operators (quantised and fused forms)'],
  configSchema: onnxOptionsSchema,
  produces: ['workload'],
  extensions: ['.onnx'],
  // The form has no mark of its own: what its ending names is one, or an error that says what is wrong.
  recognise: ({ fileName }) => (fileName.toLowerCase().endsWith('.onnx') ? 1 : 0),
  read: (sources, options) => ({ workload: readOnnx(oneSource(sources, 'onnx'), options) }),
});

export default onnxImporter;
