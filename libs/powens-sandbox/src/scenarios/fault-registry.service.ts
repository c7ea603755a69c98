import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { withoutVersion } from '../http/sandbox-request.js';
import type { Fault, FaultKind } from './fault.js';

/** The planted faults. The first that matches a call is applied, and is removed after its number of calls. */
@Injectable()
export class FaultRegistry {
  private faults: Fault[] = [];
  private readonly delays = new Set<AbortController>();

  /** Plants a fault. */
  plant(fault: Fault): void {
    this.faults.push(fault);
  }

  /** Takes the faults away, all of them or those of one kind; calls that are being delayed go on. */
  clear(kind?: FaultKind): void {
    this.faults = kind === undefined ? [] : this.faults.filter((one) => one.kind !== kind);
    if (kind !== undefined && kind !== 'delay') return;
    for (const delay of this.delays) delay.abort();
  }

  /** Waits so many milliseconds, or until the faults are taken away. */
  async delay(ms: number): Promise<void> {
    const delay = new AbortController();
    this.delays.add(delay);
    try {
      await sleep(ms, undefined, { signal: delay.signal, ref: false });
    } catch {
      // Removed: the delayed call continues at once.
    } finally {
      this.delays.delete(delay);
    }
  }

  /** The faults that still wait. */
  waiting(): readonly Fault[] {
    return this.faults;
  }

  /** The fault this call runs into, if any; counts it as spent. */
  take(method: string, path: string): Fault | undefined {
    if (this.faults.length === 0) {
      return undefined;
    }
    const fault = this.faults.find((one) => fits(one, method, path));
    if (fault !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) {
        this.faults = this.faults.filter((one) => one !== fault);
      }
    }
    return fault;
  }
}

function fits(fault: Fault, method: string, path: string): boolean {
  const isMethod = fault.method === undefined || fault.method.toUpperCase() === method;
  return isMethod && (fault.path === undefined || fitsPath(fault.path, path));
}

function fitsPath(wanted: string, path: string): boolean {
  const actual = plain(path);
  return wanted.endsWith('*')
    ? actual.startsWith(withoutVersion(wanted.slice(0, -1)))
    : actual === plain(wanted);
}

function plain(path: string): string {
  const bare = withoutVersion(path);
  return bare.length > 1 && bare.endsWith('/') ? bare.slice(0, -1) : bare;
}
