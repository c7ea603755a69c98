import { explainStartError } from './config/start-error.js';
import { startHost } from './bootstrap.js';

// Nothing above loads Nest: the first line is there before a slow machine has read and compiled it.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
// A reader that went away, as `head` does, is no reason to leave without closing.
process.stdout.on('error', () => undefined);
say('Starting the demo of nestjs-powens-connections …');

try {
  await startHost(process.env, { progress: say, signals: ['SIGTERM', 'SIGINT'] });
} catch (error) {
  // Mistakes of the environment say what to change; a stack would only hide that.
  process.stderr.write(`${explainStartError(error)}\n`);
  // Not left to an empty event loop: what was opened half-way must not keep a failed start alive.
  process.exit(1);
}
