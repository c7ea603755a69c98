import 'reflect-metadata';
import { afterAll } from 'vitest';
import { stopLeftRunning } from './instances/left-running.js';

// What the tests of a file left running ends with it. The hooks of the file itself come before this one.
afterAll(async () => {
  await stopLeftRunning();
});
