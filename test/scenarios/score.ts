/** Precision and recall over scenarios whose cause is known. Pure. */
export interface Judged {
  readonly name: string;
  readonly truth: string;
  readonly also: readonly string[];
  /** What was found, the heaviest first; empty where it is not memory. */
  readonly found: readonly string[];
}

export interface Score {
  /** Of what was said, the share that was true. */
  readonly precisionRatio: number;
  /** Of what was true, the share that was said, and said first. */
  readonly recallRatio: number;
  readonly wrong: readonly string[];
}

/** "Not memory" is an answer like the others: `none`. */
export function scoreOf(judged: readonly Judged[]): Score {
  const said = judged.flatMap(({ name, truth, also, found }) =>
    (found.length === 0 ? ['none'] : found).map((answer) => ({
      text: `${name}: ${answer}`,
      isTrue: answer === truth || also.includes(answer),
    })),
  );
  const right = judged.filter(({ truth, found }) => (found[0] ?? 'none') === truth);
  return {
    precisionRatio: said.filter((one) => one.isTrue).length / said.length,
    recallRatio: right.length / judged.length,
    wrong: [
      ...said.filter((one) => !one.isTrue).map((one) => one.text),
      ...judged
        .filter((one) => !right.includes(one))
        .map((one) => `${one.name}: not ${one.truth}, but ${one.found[0] ?? 'none'}`),
    ],
  };
}

/** A row for each truth, a column for each first answer. */
export function confusionMatrix(judged: readonly Judged[]): string {
  const truths = [...new Set(judged.map((one) => one.truth))];
  const answers = [...new Set([...truths, ...judged.map((one) => one.found[0] ?? 'none')])];
  const width = Math.max(...truths.map((one) => one.length)) + 2;
  const head = ' '.repeat(width) + answers.map((one) => `  ${one}`).join('');
  const rows = truths.map((truth) => {
    const cells = answers.map((answer) => {
      const count = judged.filter((one) => one.truth === truth && (one.found[0] ?? 'none') === answer).length;
      return (count === 0 ? '.' : `${count}`).padStart(answer.length + 2);
    });
    return truth.padEnd(width) + cells.join('');
  });
  return [head, ...rows].join('\n');
}
