/** Every command has a page, and the page has what a reader needs before trusting a number. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands/index.ts';

const folder = join(import.meta.dirname, '../docs/commands');
const shown = COMMANDS.filter((entry) => !entry.hidden);

describe.each(shown)('the page of keel $name', ({ name }) => {
  const page = () => readFileSync(join(folder, `${name.replaceAll(' ', '-')}.md`), 'utf8');
  const headings = () => page().match(/^##? .*$/gm) ?? [];

  it('begins with its name and how it is called', () => {
    expect(headings()[0]).toBe(`# keel ${name}`);
    expect(page()).toMatch(new RegExp(`^    keel ${name}( |$)`, 'm'));
  });

  it.each([
    ['a real example', /^## Example/],
    ['what it prints', /^## (Fields|Options|JSON|Words|What )/],
    ['what it costs', /^## (Overhead|Cost|What it costs)/],
    ['where it can mislead', /^## .*[Cc]aveats/],
  ])('tells %s', (_, heading) => {
    expect(headings().filter((one) => heading.test(one))).not.toEqual([]);
  });

  it('is about options that exist', async () => {
    const command = await shown.find((entry) => entry.name === name)?.load();
    const known = Object.values(command?.options ?? {}).flatMap(
      ({ flags }) => flags.match(/--[a-z-]+/g) ?? [],
    );
    const usage = page().match(new RegExp(`^    keel ${name}.*$`, 'gm')) ?? [];
    const used = usage
      .filter((line) => /[[<|]/.test(line))
      .flatMap((line) => line.match(/--[a-z][a-z-]*/g) ?? []);
    expect(used.filter((flag) => !known.includes(flag) && !GLOBAL.has(flag))).toEqual([]);
  });
});

it.each(shown)('the changelog tells of keel $name', ({ name }) => {
  expect(readFileSync(join(folder, '../../CHANGELOG.md'), 'utf8')).toMatch(new RegExp(`keel ${name}\\b`));
});

const GLOBAL = new Set(['--json', '--lang', '--width', '--ascii']);
