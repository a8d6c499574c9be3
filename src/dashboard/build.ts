import { fileURLToPath } from 'node:url';
import { bundleDashboard } from './bundle.ts';

// Run by `npm run dashboard`, and so by `npm ci`. `src/http/dashboard-files.ts` serves the folder.
await bundleDashboard(fileURLToPath(new URL('../../dist/dashboard/', import.meta.url)));
