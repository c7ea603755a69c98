/** What a flood is: read by `flooder.ts`, which runs in a process of its own. */
export interface FloodWish {
  /** Origin of the host. */
  readonly url: string;
  readonly path: string;
  /** Authorization of every request, or null: a signature that is well formed and wrong. */
  readonly bearer: string | null;
  /** Requests in all. */
  readonly count: number;
  /** Requests at once, beside the sockets that stay open. */
  readonly atOnce: number;
  /** Bytes of the largest body that is taken. */
  readonly maxBytes: number;
}

/** What became of it: how many requests of each kind had which answer. `open` is a socket that was not answered. */
export type FloodReport = Readonly<Record<string, Readonly<Record<string, number>>>>;
