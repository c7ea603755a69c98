import { format } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { captureOutput } from './collector.js';

/** Keeps every log line, of every level, for assertions and for the canary scan. */
export class CapturingLogger implements LoggerService {
  readonly lines: string[] = [];

  log(...parts: unknown[]): void {
    this.keep('log', parts);
  }

  warn(...parts: unknown[]): void {
    this.keep('warn', parts);
  }

  error(...parts: unknown[]): void {
    this.keep('error', parts);
  }

  debug(...parts: unknown[]): void {
    this.keep('debug', parts);
  }

  verbose(...parts: unknown[]): void {
    this.keep('verbose', parts);
  }

  fatal(...parts: unknown[]): void {
    this.keep('fatal', parts);
  }

  private keep(level: string, parts: unknown[]): void {
    const line = `${level} ${format(...parts)}`;
    this.lines.push(line);
    captureOutput('logs', line);
  }
}
