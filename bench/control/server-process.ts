import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Command, ServerSetup, Usage } from './protocol.js';

/** How to start a server process. */
export interface ProcessWish {
  /** Its script below `bench/systems/`, as built. */
  readonly script: string;
  /** Null for the sandbox, which needs nothing. */
  readonly setup: ServerSetup | null;
  readonly execArgv?: readonly string[];
}

/** A server in a process of its own, asked over IPC. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
    readonly url: string,
    readonly client: ServerSetup['client'] | null,
  ) {}

  /** Starts one and waits until it listens. */
  static async start({ script, setup, execArgv = [] }: ProcessWish): Promise<ServerProcess> {
    const child = fork(new URL(`../systems/${script}`, import.meta.url), { execArgv: [...execArgv] });
    const name = setup?.system ?? script;
    const answer = await ask(child, name, { kind: 'start', setup });
    if (answer.kind !== 'started') {
      throw new Error(`${name} answered ${answer.kind} to start`);
    }
    return new ServerProcess(child, name, answer.url, answer.client);
  }

  /** What it has used so far. */
  async usage(): Promise<Usage> {
    const answer = await ask(this.child, this.name, { kind: 'usage' });
    if (answer.kind !== 'usage') {
      throw new Error(`${this.name} answered ${answer.kind} to usage`);
    }
    return answer.usage;
  }

  /** Stops it, and waits until the process has gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    const exited = once(this.child, 'exit');
    this.child.send({ kind: 'stop' } satisfies Command);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(late);
  }
}

function ask(child: ChildProcess, name: string, command: Command): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: Answer): void => {
      child.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (): void => {
      child.off('message', onMessage);
      reject(new Error(`${name} ended while it was asked to ${command.kind}: see its output above`));
    };
    child.once('message', onMessage).once('exit', onExit);
    child.send(command);
  });
}
