/** What the house asks of every file, beyond imports. Each check is pure and yields sentences. */
import ts from 'typescript';
import type { SourceFile } from './source-files.ts';

export const MOST_LINES = 400;
export const MOST_FUNCTION_LINES = 60;

/** Folders without file access, clock, randomness or console. */
const PURE = /^(base|kernel|perf|bpf|symbols|model|stats|diagnosis|placement|trial|alerts)\//;
const IMPURE =
  /\b(process\.(?:argv|cwd|env|exit|exitCode|hrtime|on|pid|platform|std\w+|uptime)\b|Date\.now|new Date\(\)|performance\.now|Math\.random|console\.\w+)/;

export function tooLong(file: SourceFile): string[] {
  const lines = file.text.split('\n').length - 1;
  const long = lines > MOST_LINES ? [`${file.path}: ${lines} lines; ${MOST_LINES} at most`] : [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const count = lineOf(file, node.end) - lineOf(file, node.getStart()) + 1;
      if (count > MOST_FUNCTION_LINES) {
        long.push(
          `${file.path}:${lineOf(file, node.getStart())}: function of ${count} lines; ${MOST_FUNCTION_LINES} at most`,
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return long;
}

export function impure(file: SourceFile): string[] {
  if (!PURE.test(file.path)) return [];
  return codeLines(file).flatMap(({ line, text }) => {
    const found = IMPURE.exec(text);
    return found ? [`${file.path}:${line}: ${found[0]} in a pure folder`] : [];
  });
}

/** Paths of the kernel are written in readers only; sentences for people may name them. */
export function kernelPathOutsideReader(file: SourceFile): string[] {
  if (file.path.startsWith('kernel/')) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? node.text : '';
    if (/^\/(?:proc|sys)(?:\/|$)/.test(text) && !isForPeople(node)) {
      found.push(`${file.path}:${lineOf(file, node.getStart())}: the path ${text} outside a reader`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

/** A text under `en:`, `ko:`, `source:` or `doc:`, or a constant such as `STAT_SOURCE`, is shown, not opened. */
function isForPeople(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isVariableDeclaration(at) && /SOURCE$/.test(at.name.getText())) return true;
    if (ts.isPropertyAssignment(at) && /^(en|ko|source|doc)$/.test(at.name.getText())) return true;
  }
  return false;
}

const EMPTY_NAMES = /(^|\/)(utils?|helpers?|managers?|misc|common)(\.|\/|$)/;

export function emptyName(file: SourceFile): string[] {
  return EMPTY_NAMES.test(file.path) ? [`${file.path}: a name that says nothing`] : [];
}

/** A name that says it is a time, a size or a share must end in its unit. */
const UNITLESS = /(?:^|[a-z])(elapsed|duration|delay|latency|timeout|size|memory)$/i;

export function missingUnit(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isNumber =
      (ts.isPropertySignature(node) || ts.isParameter(node)) &&
      /^(number|bigint)\b/.test(node.type?.getText() ?? '');
    if (isNumber && UNITLESS.test(node.name.getText())) {
      found.push(
        `${file.path}:${lineOf(file, node.getStart())}: ${node.name.getText()} is a number without its unit`,
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

function lineOf(file: SourceFile, position: number): number {
  return file.tree.getLineAndCharacterOfPosition(position).line + 1;
}

function codeLines(file: SourceFile): { line: number; text: string }[] {
  return file.text
    .split('\n')
    .map((text, i) => ({ line: i + 1, text }))
    .filter(({ text }) => !/^\s*(\/\/|\*|\/\*)/.test(text));
}
