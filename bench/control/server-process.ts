import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import {
  PAUSE_DESCRIPTOR,
  type Answer,
  type Command,
  type ServerSetup,
  type Task,
  type TaskResult,
  type Usage,
} from './protocol.js';

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
  #paused = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
    readonly url: string,
    readonly client: ServerSetup['client'] | null,
  ) {}

  /** Starts one and waits until it listens. */
  static async start({ script, setup, execArgv = [] }: ProcessWish): Promise<ServerProcess> {
    const child = fork(new URL(`../systems/${script}`, import.meta.url), {
      execArgv: [...execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const name = setup?.system ?? script;
    const { url, client } = await ask(child, name, { kind: 'start', setup });
    return new ServerProcess(child, name, url, client);
  }

  /** What it has used so far. */
  async usage(): Promise<Usage> {
    const { usage } = await ask(this.child, this.name, { kind: 'usage' });
    return usage;
  }

  /** Has it do something by itself. */
  async run(task: Task): Promise<TaskResult> {
    const { result } = await ask(this.child, this.name, { kind: 'run', task });
    return result;
  }

  /** Stops its clock: it does nothing at all until it is resumed. */
  async pause(): Promise<void> {
    await ask(this.child, this.name, { kind: 'pause' });
    this.#paused = true;
  }

  /** Lets it go on; it answers once it has noticed what happened meanwhile. */
  async resume(): Promise<void> {
    if (this.#paused) {
      this.#paused = false;
      (this.child.stdio[PAUSE_DESCRIPTOR] as Writable).write('x');
      await ask(this.child, this.name, { kind: 'resumed' });
    }
  }

  /** Stops it, and waits until the process has gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    await this.resume();
    const exited = once(this.child, 'exit');
    this.child.send({ kind: 'stop' } satisfies Command);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(late);
  }
}

type AnswerTo<K extends Command['kind']> = Extract<Answer, { kind: K }>;

function ask<C extends Command>(child: ChildProcess, name: string, command: C): Promise<AnswerTo<C['kind']>> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: Answer): void => {
      child.off('exit', onExit);
      if (answer.kind === command.kind) {
        resolve(answer as AnswerTo<C['kind']>);
      } else {
        reject(new Error(`${name} answered ${answer.kind} to ${command.kind}`));
      }
    };
    const onExit = (): void => {
      child.off('message', onMessage);
      reject(new Error(`${name} ended while it was asked to ${command.kind}: see its output above`));
    };
    child.once('message', onMessage).once('exit', onExit);
    child.send(command);
  });
}
