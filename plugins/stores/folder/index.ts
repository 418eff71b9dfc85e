import { definePlugin } from 'tessera-sim';
import { FolderStore } from './folder-store.js';

export { FolderStore };

export default definePlugin({
  kind: 'store',
  name: 'folder',
  version: '1.0.0',
  summary: 'Keeps results in a folder, one JSON file each',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  open: async (location) => FolderStore.open(location),
});
