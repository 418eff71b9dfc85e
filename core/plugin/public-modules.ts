/**
 * What a program or plugin outside of the repository may import, and the file (of the build in `dist/`) that it gets. The
 * `exports` of package.json say the same to Node, `paths` of tsconfig.json to the compiler (a test compares), and `npm run build` puts each of these into the bundle.
 */
export const PUBLIC_MODULES: Readonly<Record<string, string>> = {
  'tessera-sim': 'core/index.js',
  'tessera-sim/cores': 'plugins/lib/cores/index.js',
  'tessera-sim/mapping': 'plugins/lib/mapping/index.js',
  'tessera-sim/networks': 'plugins/lib/networks/index.js',
  'tessera-sim/collectives': 'plugins/lib/collectives/index.js',
  'tessera-sim/estimators': 'plugins/lib/estimators/index.js',
  'tessera-sim/exporters': 'plugins/lib/exporters/index.js',
  'tessera-sim/scalesim': 'plugins/lib/scalesim/index.js',
  'tessera-sim/set': 'plugins/lib/set/index.js',
  'tessera-sim/stream': 'plugins/lib/stream/index.js',
  'tessera-sim/tileflow-rtl': 'plugins/lib/tileflow-rtl/index.js',
  'tessera-sim/zigzag': 'plugins/lib/zigzag/index.js',
  'tessera-sim/defines': 'plugins/lib/defines/index.js',
  'tessera-sim/timeloop': 'plugins/lib/timeloop/index.js',
  'tessera-sim/tileflow': 'plugins/lib/tileflow/index.js',
  'tessera-sim/traffic': 'plugins/lib/traffic/index.js',
  'tessera-sim/dram': 'plugins/memories/dram/api.js',
  'tessera-sim/dram-simple': 'plugins/memories/dram-simple/api.js',
  'tessera-sim/noc-flit': 'plugins/networks/noc-flit/api.js',
  'tessera-sim/mesh-packet': 'plugins/networks/mesh-packet/api.js',
  'tessera-sim/onnx': 'plugins/importers/onnx/api.js',
};

/** The package's former name stays an alias: `tessera/dram` is `tessera-sim/dram`. */
export function publicSpecifiers(): [specifier: string, publicName: string][] {
  return Object.keys(PUBLIC_MODULES).flatMap((name) => [
    [name, name],
    [name.replace(/^tessera-sim/, 'tessera'), name],
  ]);
}
