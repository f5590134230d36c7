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

/** The longest time after which a change undoes itself: a day. */
const MOST_SECONDS = 86_400;

/** `threads`: names or ids, as --threads takes them. `seconds`: undone by itself after so many. */
const pinning = target
  .extend({
    cpus: word.optional(),
    threads: word.optional(),
    policy: z.enum(['other', 'batch', 'idle']).optional(),
    nice: z.coerce.number().int().min(-20).max(19).optional(),
    seconds: z.coerce.number().int().min(1).max(MOST_SECONDS).optional(),
  })
  .refine(({ cpus, policy, nice }) => (cpus ?? policy ?? nice) !== undefined, {
    path: ['cpus'],
    message: 'nothing to change: name CPUs, a policy or a nice value',
  });
type Pinning = z.infer<typeof pinning>;

/** With `=`, so that a nice value below zero is no option. */
function pinWords({ target, cpus, threads, policy, nice, seconds }: Pinning): readonly string[] {
  return [
    ...['pin', target, ...(cpus === undefined ? [] : [cpus])],
    ...(threads === undefined ? [] : ['--threads', threads]),
    ...(policy === undefined ? [] : ['--policy', policy]),
    ...(nice === undefined ? [] : [`--nice=${nice}`]),
    ...(seconds === undefined ? [] : ['--for', `${seconds}s`]),
  ];
}

/** What a trial of this program has proven, by the name of the candidate. */
const applying = target.extend({ candidate: word });
type Applying = z.infer<typeof applying>;

function applyWords({ target, candidate }: Applying): readonly string[] {
  return ['optimize', target, '--apply', candidate];
}

const undoing = z.object({ change: z.string().regex(/^c-\d{1,9}$/) });

/** Everything that can be changed from the page. */
export const CHANGES = {
  pin: {
    schema: pinning,
    planWords: (given: Pinning) => [...pinWords(given), '--dry-run'],
    words: (given: Pinning) => [...pinWords(given), '--yes'],
  },
  apply: {
    schema: applying,
    planWords: (given: Applying) => [...applyWords(given), '--dry-run'],
    words: (given: Applying) => [...applyWords(given), '--yes'],
  },
  undo: {
    schema: undoing,
    planWords: ({ change }: z.infer<typeof undoing>) => ['undo', change, '--dry-run'],
    words: ({ change }: z.infer<typeof undoing>) => ['undo', change],
  },
} as const satisfies Readonly<Record<string, ChangeQuestion>>;

export type ReadingName = keyof typeof READINGS;
export type ChangeName = keyof typeof CHANGES;
