/** What the dashboard may ask keel: each a schema of its parameters and the command line they make. */
import { z } from 'zod';

/** A target, a CPU set, a change: text of the user that becomes one word; it may not look like an option. */
const word = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^-\p{Cc}][^\p{Cc}]*$/u);
const target = z.object({ target: word });
/** What the frames are of. */
export const watching = target;
const seconds = z.coerce.number().int().min(1).max(120);
const measured = target.extend({
  seconds: seconds.default(10),
}); /** Of the machine; those whose length is a matter of choice. */
const benched = z.object({
  experiment: z.enum(['noise', 'cpu', 'c2c', 'cache', 'memory']),
  seconds: seconds.default(10),
});

/** Said, or not. */
const yes = z
  .enum(['yes', 'no'])
  .default('no')
  .transform((said) => said === 'yes');

export interface Question {
  readonly schema: z.ZodType<Record<string, unknown>>;
  /** The words of the command line. */
  readonly words: (given: never) => readonly string[];
  /** Costs something while it runs, so only one of these runs at a time. */
  readonly measures: boolean;
}

function question<T extends z.ZodType<Record<string, unknown>>>(
  schema: T,
  measures: boolean,
  words: (given: z.infer<T>) => readonly string[],
): Question {
  return { schema, measures, words };
}

const forSeconds = (given: { readonly seconds: number }) => ['--for', `${given.seconds}s`];

/** Reading only. */
export const READINGS = {
  topo: question(z.object({}), false, () => ['topo']),
  doctor: question(z.object({}), false, () => ['doctor']),
  check: question(target, false, ({ target }) => ['check', target]),
  map: question(target, false, ({ target }) => ['map', target]),
  journal: question(z.object({}), false, () => ['undo', '--list']),
  why: question(measured, true, (given) => ['why', given.target, ...forSeconds(given)]),
  machine: question(z.object({ seconds: seconds.default(5) }), true, (given) => [
    'why',
    ...forSeconds(given),
  ]),
  late: question(measured, true, (given) => ['late', given.target, ...forSeconds(given)]),
  analyze: question(measured, true, (given) => ['analyze', given.target, ...forSeconds(given)]),
  recommend: question(measured, true, (given) => ['recommend', given.target, ...forSeconds(given)]),
  faults: question(measured.extend({ stacks: yes }), true, (given) => [
    ...['faults', 'record', given.target, ...forSeconds(given)],
    ...(given.stacks ? ['--stacks'] : []),
  ]),
  bench: question(benched, true, (given) => ['bench', given.experiment, ...forSeconds(given)]),
} as const satisfies Readonly<Record<string, Question>>;

/** A change: what plans it, and what makes it. */
export interface ChangeQuestion {
  readonly schema: z.ZodType<Record<string, unknown>>;
  readonly planWords: (given: never) => readonly string[];
  readonly words: (given: never) => readonly string[];
}

/** `threads`: names or ids, as --threads takes them. */
const pinning = target.extend({ cpus: word, threads: word.optional() });
type Pinning = z.infer<typeof pinning>;

function pinWords({ target, cpus, threads }: Pinning): readonly string[] {
  return ['pin', target, cpus, ...(threads === undefined ? [] : ['--threads', threads])];
}

const undoing = z.object({ change: z.string().regex(/^c-\d{1,9}$/) });

/** Everything that can be changed from the page. */
export const CHANGES = {
  pin: {
    schema: pinning,
    planWords: (given: Pinning) => [...pinWords(given), '--dry-run'],
    words: (given: Pinning) => [...pinWords(given), '--yes'],
  },
  undo: {
    schema: undoing,
    // Of a change its journal entry is the plan: undo puts back what stands there.
    planWords: () => ['undo', '--list'],
    words: ({ change }: z.infer<typeof undoing>) => ['undo', change],
  },
} as const satisfies Readonly<Record<string, ChangeQuestion>>;

export type ReadingName = keyof typeof READINGS;
export type ChangeName = keyof typeof CHANGES;
