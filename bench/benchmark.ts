/** What a benchmark is: a value. `npm run bench` runs those of benchmarks/index.ts. */

export interface Benchmark {
  /** Names it on the command line, and its block of docs/performance.md. */
  readonly name: string;
  /** Rounds where none are asked for. */
  readonly rounds: number;
  /** Why it cannot run here; null where it can. */
  readonly obstacle: () => string | null;
  readonly run: (rounds: number) => Promise<Outcome>;
}

export interface Outcome {
  /** What was measured, how often, and what the columns are. */
  readonly about: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Peers that did not run here. */
  readonly absent: readonly string[];
  readonly goals: readonly Goal[];
}

export interface Goal {
  readonly what: string;
  readonly measured: string;
  readonly isReached: boolean;
}
