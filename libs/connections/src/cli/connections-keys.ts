#!/usr/bin/env node
import { Logger } from '@nestjs/common';
import { runKeysCommand } from './keys/keys-command.js';

// The services log for applications; this command tells the same in its own words.
Logger.overrideLogger(false);

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once: whoever presses it again wants out at once, and may, for what is done stays done.
  process.once(name, () => {
    interruption.abort();
  });
}

// Not process.exit(): what is written to a pipe may not have left yet.
process.exitCode = await runKeysCommand(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
});
