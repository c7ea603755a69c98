import { Person } from './person.js';

/** People who connect banks, some at a time. */
export class Crowd {
  readonly people: Person[] = [];

  constructor(
    private readonly prefix: string,
    private readonly origin: string,
    private readonly sandboxUrl: string,
  ) {}

  /** New people, each with a bank to connect. */
  async connect(count: number, atATime: number): Promise<void> {
    await this.connectUntil(atATime, (begun) => begun >= count);
  }

  /** New people, one after the other, until it is enough. */
  async connectUntil(atATime: number, isEnough: (begun: number) => boolean): Promise<void> {
    let begun = 0;
    const line = async (): Promise<void> => {
      while (!isEnough(begun)) {
        begun += 1;
        const person = new Person(`${this.prefix}-${this.people.length + 1}`, this.origin, this.sandboxUrl);
        this.people.push(person);
        await person.connectBank();
      }
    };
    await Promise.all(Array.from({ length: atATime }, line));
  }

  get visits(): number {
    return this.people.reduce((sum, { visits }) => sum + visits.length, 0);
  }
}
