import { afterAll } from 'vitest';
import { disposeAtEndOfFile } from './disposal.ts';

// Here, as modules other than setup files are loaded once for each worker, so that a hook of theirs is one of the first file alone.
afterAll(disposeAtEndOfFile, 120_000);
