import { Lane } from './lane.js';
import type { LaneWork } from './lane.js';

/** A delivery, and the lane it goes in. */
export interface LanePlace {
  id: number;
  idRegistration: number;
}

/** One lane for each registration, made when it is first needed. */
export class LaneSet {
  private readonly lanes = new Map<number, Lane>();
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly work: LaneWork) {}

  /** The lane of a registration. */
  of(idRegistration: number): Lane {
    const lane = this.lanes.get(idRegistration) ?? new Lane(this.work);
    this.lanes.set(idRegistration, lane);
    return lane;
  }

  /** Does something to every lane. */
  forEach(act: (lane: Lane) => void): void {
    this.lanes.forEach(act);
  }

  /** Deliveries picked from every lane. */
  pick(from: (lane: Lane) => number[]): LanePlace[] {
    return [...this.lanes].flatMap(([idRegistration, lane]) =>
      from(lane).map((id) => ({ id, idRegistration })),
    );
  }

  /** Resolves after the next attempt of each, or once it is clear that there will be none for now. */
  async attempted(places: readonly LanePlace[]): Promise<void> {
    await Promise.all(places.map(({ id, idRegistration }) => this.of(idRegistration).attempted(id)));
  }

  /** Takes one lane away, or all of them. */
  remove(idRegistration?: number): void {
    for (const [id, lane] of this.lanes) {
      if (idRegistration === undefined || idRegistration === id) {
        lane.clear();
        this.lanes.delete(id);
      }
    }
    this.checkIdle();
  }

  /** Resolves when no lane holds anything. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.idleWaiters.push(resolve);
      this.checkIdle();
    });
  }

  /** Something may have been the last. */
  checkIdle(): void {
    if ([...this.lanes.values()].every((lane) => lane.pending === 0)) {
      const waiters = this.idleWaiters;
      this.idleWaiters = [];
      waiters.forEach((resolve) => resolve());
    }
  }
}
