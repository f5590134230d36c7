/** Every command line that the READMEs show is one that keel takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../src/cli/find-command.ts';
import { parseLine } from '../src/cli/parse.ts';
import { splitLine } from '../src/cli/split-line.ts';

const root = join(import.meta.dirname, '..');

function linesOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const typed = text.matchAll(/^(?:\$ |man .*|source <\()?(keel [^)\n#]+)/gm);
  const quoted = text.matchAll(/`(?:sudo )?(keel [^`]+)`/g);
  return [...new Set([...typed, ...quoted].map((match) => (match[1] ?? '').trim()))];
}

describe.each(['README.md', 'README.ko.md'])('%s', (file) => {
  const lines = linesOf(file);

  it('shows commands', () => {
    expect(lines.length).toBeGreaterThan(10);
  });

  it.each(lines)('%s', async (line) => {
    const words = line.replace(/ \|.*/, '').split(' ').slice(1);
    const { word = 'help', rest } = splitLine(words);
    if (word === 'help') return;
    const command = await findCommand(word).load();
    // `keel undo` as a name needs nothing; what is wrong would throw.
    if (rest.length > 0) parseLine(command, rest);
  });

  it('links to files that exist', () => {
    const text = readFileSync(join(root, file), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] as string);
    for (const link of links) expect(() => readFileSync(join(root, link)), link).not.toThrow(/ENOENT/);
  });
});
