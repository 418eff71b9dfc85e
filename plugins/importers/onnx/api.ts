/** For tools that write ONNX files. */
export { ONNX_DESCRIPTOR } from './descriptor.js';
