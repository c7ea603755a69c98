import { Injectable } from '@nestjs/common';
import { withoutVersion } from '../http/sandbox-request.js';
import type { Fault } from './fault.js';

/** The planted faults. The first that fits a call spoils it, and is gone once it has spoilt its number of calls. */
@Injectable()
export class FaultRegistry {
  private faults: Fault[] = [];

  /** Plants a fault. */
  plant(fault: Fault): void {
    this.faults.push(fault);
  }

  /** Takes every fault away. */
  clear(): void {
    this.faults = [];
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
