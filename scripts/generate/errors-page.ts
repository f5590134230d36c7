/** docs/errors.md, from the table of errors and the reasons of missing values. */
import { ERRORS } from '../../src/base/errors.ts';
import { hintFor, MISSING_REASONS } from '../../src/base/missing.ts';
import type { Generated } from './generated.ts';
import { code, MADE, table } from './markdown.ts';

export const errorsPage: Generated = { path: 'docs/errors.md', text: render };

function render(): string {
  const errors = Object.entries(ERRORS).map(([name, { exitCode, means }]) => [
    code(name),
    String(exitCode),
    means.en,
    means.ko,
  ]);
  const reasons = MISSING_REASONS.map((reason) => [code(reason), hintFor(reason).en, hintFor(reason).ko]);
  return `${MADE}

# Errors, and values that are missing

An error goes to standard error: its code, what happened to what, the user's own words with carets under the wrong
ones, and what to do next. With \`--json\` it is one object, \`{ "schema": "keel.error/1", "code", "what", "next" }\`.
The code decides the exit code. A test compares this page with \`src/base/errors.ts\`.

${table(['code', 'exit code', 'means', '뜻'], errors)}

## Missing values

A value the kernel did not give is not an error. It is \`null\` in JSON and a dash for people, and the document's
\`gaps\` hold an entry for it: \`{ "field", "path", "reason", "hint" }\`. It is never 0, -1 or an empty text.

${table(['reason', 'hint', '안내'], reasons)}
`;
}
