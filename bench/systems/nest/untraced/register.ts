import { register } from 'node:module';
// The hooks name these by their URL: they are imported here for tools that follow imports.
import './metrics.js';
import './spans.js';

// Loaded by `--import`, before the first module of the library.
register('./hooks.js', import.meta.url);
