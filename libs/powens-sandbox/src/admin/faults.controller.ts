import { Controller, Delete, Get, HttpCode, Post, Query, Req, UseGuards } from '@nestjs/common';
import { Fields, given } from '../http/fields.js';
import { invalidValue } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';
import { FAULT_KINDS } from '../scenarios/fault.js';
import type { Fault, FaultKind } from '../scenarios/fault.js';
import { FaultRegistry } from '../scenarios/fault-registry.service.js';
import { LoopbackGuard } from './loopback.guard.js';

/** `/sandbox/faults`: plants what goes wrong next. */
@Controller('sandbox/faults')
@UseGuards(LoopbackGuard)
export class FaultsController {
  constructor(private readonly faults: FaultRegistry) {}

  /** The faults that still wait for a call. */
  @Get()
  list(): { faults: readonly Fault[] } {
    return { faults: this.faults.waiting() };
  }

  /** Plants one. */
  @Post()
  plant(@Req() request: SandboxRequest): Fault {
    const fault = readFault(new Fields(request.body));
    this.faults.plant({ ...fault });
    return fault;
  }

  /** Takes them away, all or those of `?kind=`. Calls that are being delayed go on. */
  @Delete()
  @HttpCode(204)
  clear(@Query('kind') named?: string): void {
    this.faults.clear(named === undefined ? undefined : kindOf(named));
  }
}

function readFault(body: Fields): Fault {
  const kind = kindOf(body.required('kind'));
  const status = body.integer('status');
  if (status !== undefined && (status < 200 || status > 599)) {
    throw invalidValue('status', 'it is between 200 and 599');
  }
  return {
    kind,
    times: body.integer('times') ?? 1,
    ...given('method', body.text('method')),
    ...given('path', body.text('path')),
    ...given('status', status),
    ...given('delayMs', body.integer('delayMs')),
    ...given('headers', body.has('headers') ? headersOf(body.raw('headers')) : undefined),
    ...given('body', body.raw('body')),
  };
}

function kindOf(named: string): FaultKind {
  const kind = FAULT_KINDS.find((one) => one === named);
  if (kind === undefined) {
    throw invalidValue('kind', `it is one of ${FAULT_KINDS.join(', ')}`);
  }
  return kind;
}

function headersOf(sent: unknown): Record<string, string> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    throw invalidValue('headers', 'it is an object of strings');
  }
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)]));
}
