#!/usr/bin/env node
import { Logger } from '@nestjs/common';
import { runConnections } from './run-connections.js';

// The services log for applications; this command prints its own output.
Logger.overrideLogger(false);

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second signal ends the process at once, which is safe, since every batch is committed on its own.
  process.once(name, () => {
    interruption.abort();
  });
}

// Not process.exit(): what is written to a pipe may not have left yet.
process.exitCode = await runConnections(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
});
