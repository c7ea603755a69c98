import { Injectable } from '@nestjs/common';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';

/** One call to the API or the webview, its query left out: a query may hold a code. */
export interface Call {
  at: string;
  method: string;
  path: string;
  /** 0 when no answer was made (planted `timeout` and `reset`); of a dropped answer, the status it had. */
  status: number;
}

/** The last calls. In memory only, and bounded: the sandbox is also the peer of a benchmark. */
@Injectable()
export class CallLog {
  private calls: Call[] = [];

  /** Notes a call. */
  note(call: Call): void {
    this.calls.push(call);
    // Dropping one by one would shift the whole list each time.
    if (this.calls.length >= SANDBOX_CHOICES.ledgerCalls * 2) {
      this.calls = this.calls.slice(-SANDBOX_CHOICES.ledgerCalls);
    }
  }

  /** The calls that are remembered, oldest first. */
  recent(): Call[] {
    return this.calls.slice(-SANDBOX_CHOICES.ledgerCalls);
  }

  /** Forgets them. */
  clear(): void {
    this.calls = [];
  }
}
