import { register } from 'node:module';

// Loaded by `--import`, before the first module of the library.
register('./hooks.js', import.meta.url);
