import { explainStartError } from './config/start-error.js';
import { startHost } from './bootstrap.js';

// Nothing above loads Nest: the first line is printed before a slow machine has read and compiled it.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
// A closed output pipe, as with `head`, must not end the process without closing its resources.
process.stdout.on('error', () => undefined);
say('Starting the demo of nestjs-powens-connections …');

try {
  await startHost(process.env, { progress: say, signals: ['SIGTERM', 'SIGINT'] });
} catch (error) {
  // Errors of the environment name the repair; a stack would only hide it.
  process.stderr.write(`${explainStartError(error)}\n`);
  // Not left to an empty event loop: partly opened resources must not keep a failed start running.
  process.exit(1);
}
