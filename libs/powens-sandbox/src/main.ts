#!/usr/bin/env node
import 'reflect-metadata';
import { runCommand } from './command/run-command.js';

const outcome = await runCommand(process.argv.slice(2), process);

if ('exitCode' in outcome) {
  // Not process.exit(): what is written to a pipe may not have left yet.
  process.exitCode = outcome.exitCode;
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      outcome.sandbox.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
