/**
 * The routers' pipeline, written in AssemblyScript and compiled to WebAssembly (`npm run build:assembly`). It works on the memory
 * that `FlitState` lays out. Why it is compiled, and what that saves: docs/models/noc-flit.md.
 */
export { place, waitForCredit } from './buffers';
export { visit } from './calendar';
export { configure } from './memory';
export { runWindow } from './router-pass';
export { cross, releaseVc } from './traversal';
export { activateNow, assignVc } from './vc-allocation';
export { linkIsBusy } from './wires';
