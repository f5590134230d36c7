/** Each rule of the house fails on a bad example; a check that cannot fail checks nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { forbiddenImports, LAYERS, type Layer } from './layers.ts';
import {
  emptyName,
  impure,
  kernelPathOutsideReader,
  MOST_FUNCTION_LINES,
  MOST_LINES,
  missingUnit,
  tooLong,
} from './rules.ts';
import { importsOf, isTest, type SourceFile, sourceFiles } from './source-files.ts';

function file(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

function imports(path: string, text: string) {
  return importsOf(file(path, text), '/src');
}

describe('imports', () => {
  it('are found in every form', () => {
    const text = `import a from '../base/a.ts';
import type { B } from '../base/b.ts';
import { type C } from '../base/c.ts';
import { type D, e } from '../base/d.ts';
export { f } from './f.ts';
export type { G } from './g.ts';
import '../base/h.ts';
const i = await import('../base/i.ts');
type J = import('../base/j.ts').J;
import k from 'node:fs';`;
    const found = imports('model/x.ts', text).map(
      (one) => `${one.line} ${one.target}${one.typeOnly ? ' type' : ''}`,
    );
    expect(found).toEqual([
      '1 base/a',
      '2 base/b type',
      '3 base/c type',
      '4 base/d',
      '5 model/f',
      '6 model/g type',
      '7 base/h',
      '8 base/i',
      '9 base/j type',
      '10 node:fs',
    ]);
  });

  it.each([
    ['base/x.ts', "import '../model/y.ts';", 'base/x.ts:1: base may not import model/y'],
    ['model/x.ts', "import 'node:fs';", 'model/x.ts:1: model may not import node:fs'],
    ['model/x.ts', "import { y } from '../kernel/y.ts';", 'model/x.ts:1: model may not import kernel/y'],
    [
      'kernel/x.ts',
      "import type { Host } from '../host/host.ts';",
      'kernel/x.ts:1: kernel may not import types of host/host',
    ],
    ['cli/x.ts', "await import('../host/live.ts');", 'cli/x.ts:1: cli may not import host/live'],
    [
      'misplaced/x.ts',
      "import '../base/y.ts';",
      'misplaced/x.ts:1: the folder misplaced is not in the table of layers',
    ],
  ])('%s may not hold %s', (path, text, offence) => {
    expect(forbiddenImports(imports(path, text))).toEqual([offence]);
  });

  it.each([
    ['model/x.ts', "import type { Y } from '../kernel/y.ts';"],
    ['kernel/x.ts', "import { need } from '../host/facts.ts';"],
    ['host/x.ts', "import { readFileSync } from 'node:fs';"],
    ['model/x.ts', "import { y } from './y.ts';"],
    ['index.ts', "import { x } from './app/x.ts';"],
  ])('%s may hold %s', (path, text) => {
    expect(forbiddenImports(imports(path, text))).toEqual([]);
  });

  it('do not match a folder whose name only begins alike', () => {
    const layers: readonly Layer[] = [{ folder: 'a', may: ['base'] }];
    expect(forbiddenImports(imports('a/x.ts', "import '../baseball/y.ts';"), layers)).toHaveLength(1);
  });

  it('have no table in which two folders may import each other', () => {
    const may = (from: string, to: string) =>
      LAYERS.find((one) => one.folder === from)?.may.includes(to) === true;
    const both = LAYERS.flatMap((a) =>
      LAYERS.filter((b) => a.folder < b.folder && may(a.folder, b.folder) && may(b.folder, a.folder)),
    );
    expect(both).toEqual([]);
  });
});

describe('rules', () => {
  it('end a file and a function', () => {
    expect(tooLong(file('base/x.ts', '\n'.repeat(MOST_LINES)))).toEqual([]);
    expect(tooLong(file('base/x.ts', '\n'.repeat(MOST_LINES + 1)))).toHaveLength(1);
    const body = (lines: number) => `const x = () => {${'\n'.repeat(lines - 1)}};\n`;
    expect(tooLong(file('base/x.ts', body(MOST_FUNCTION_LINES)))).toEqual([]);
    expect(tooLong(file('base/x.ts', body(MOST_FUNCTION_LINES + 1)))).toEqual([
      `base/x.ts:1: function of ${MOST_FUNCTION_LINES + 1} lines; ${MOST_FUNCTION_LINES} at most`,
    ]);
  });

  it.each([
    'Date.now()',
    'new Date()',
    'process.env.X',
    'Math.random()',
    "console.log('')",
    'process.hrtime.bigint()',
  ])('keep %s out of pure folders', (text) => {
    expect(impure(file('model/x.ts', `// ${text}\nconst x = ${text};`))).toHaveLength(1);
    expect(impure(file('app/x.ts', `const x = ${text};`))).toEqual([]);
  });

  it('keep kernel paths in readers', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    const text = "open('/proc/stat');\nopen(`/sys/devices/${x}`);";
    expect(kernelPathOutsideReader(file('app/x.ts', text))).toEqual([
      'app/x.ts:1: the path /proc/stat outside a reader',
      'app/x.ts:2: the path /sys/devices/ outside a reader',
    ]);
    expect(kernelPathOutsideReader(file('kernel/proc/x.ts', text))).toEqual([]);
    expect(
      kernelPathOutsideReader(
        file('app/x.ts', "const s = { en: '/proc is missing', source: '/proc/stat' };"),
      ),
    ).toEqual([]);
    expect(kernelPathOutsideReader(file('app/x.ts', "open('/process');"))).toEqual([]);
  });

  it.each(['base/util.ts', 'base/utils/x.ts', 'cli/helpers.ts', 'misc/x.ts', 'common.ts'])(
    'refuse the name %s',
    (path) => {
      expect(emptyName(file(path, ''))).toHaveLength(1);
    },
  );

  it('take a name that only holds such a word', () => {
    expect(emptyName(file('cli/help.ts', ''))).toEqual([]);
    expect(emptyName(file('base/utilisation.ts', ''))).toEqual([]);
  });

  it('ask numbers for their unit', () => {
    const text =
      'interface X { readonly elapsed: number; runDelay: bigint; elapsedNs: number; delay: string }';
    expect(missingUnit(file('base/x.ts', text))).toEqual([
      'base/x.ts:1: elapsed is a number without its unit',
      'base/x.ts:1: runDelay is a number without its unit',
    ]);
    expect(missingUnit(file('base/x.ts', 'function f(timeout: number) {}'))).toHaveLength(1);
  });
});

describe('the files of a folder', () => {
  it('are read in order, whatever is nested', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keel-house-'));
    mkdirSync(join(folder, 'b'));
    for (const path of ['b/y.ts', 'a.ts', 'c.json', 'a.test.ts'])
      writeFileSync(join(folder, path), 'export {};\n');
    const files = sourceFiles(folder);
    rmSync(folder, { recursive: true });
    expect(files.map((one) => one.path)).toEqual(['a.test.ts', 'a.ts', 'b/y.ts']);
    expect(files.filter(isTest).map((one) => one.path)).toEqual(['a.test.ts']);
  });
});
