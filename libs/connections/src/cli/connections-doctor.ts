#!/usr/bin/env node
import { Logger } from '@nestjs/common';
import { runDoctorCommand } from './doctor/doctor-command.js';

// The services log for applications; this command prints its own output.
Logger.overrideLogger(false);

// Not process.exit(): what is written to a pipe may not have left yet.
process.exitCode = await runDoctorCommand(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
