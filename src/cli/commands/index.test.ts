/** What every command must be, whatever it does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../base/sentence.ts';
import type { Command } from '../command.ts';
import { flagsOf, isRequired, optionsOf, parseLine } from '../parse.ts';
import { COMMANDS } from './index.ts';

const commands = await Promise.all(COMMANDS.map(async (entry) => ({ entry, command: await entry.load() })));

describe('the registry of commands', () => {
  it('holds each command folder, once', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const named = COMMANDS.map((entry) => entry.name.replace(' ', '-'));
    expect(named.sort()).toEqual(folders.sort());
  });

  it('uses no name twice', () => {
    const names = COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names).not.toContain('help');
  });
});

it('is complete: no sentence sends people to a command that is not there', () => {
  const names = new Set(COMMANDS.flatMap((entry) => [entry.name.split(' ')[0], ...entry.aliases]));
  const root = join(import.meta.dirname, '../..');
  const suggested = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => readFileSync(join(root, path), 'utf8').split('\n'))
    .filter((line) => !/^\s*(\*|\/[/*])/.test(line))
    .flatMap((line) =>
      [...line.matchAll(/(?:: |command: ['"`])keel ([a-z]+)/g)].map((match) => match[1] as string),
    );
  expect(suggested.length).toBeGreaterThan(50);
  expect(suggested.filter((name) => name !== 'help' && !names.has(name))).toEqual([]);
});

describe.each(commands.map(({ entry, command }) => [entry.name, { entry, command }] as const))(
  'keel %s',
  (name, { entry, command }) => {
    it('is called what the registry calls it', () => {
      expect(command.name).toBe(name);
    });

    it('speaks every language', () => {
      const sentences = [
        command.summary,
        ...(command.details ? [command.details] : []),
        ...command.arguments.map((argument) => argument.describe),
        ...Object.values(command.options).map((option) => option.describe),
        ...command.examples.map((example) => example.does),
      ];
      for (const sentence of sentences) {
        for (const language of LANGUAGES) expect(sentence[language].trim()).not.toBe('');
        expect(sentence.ko).toMatch(/\p{Script=Hangul}/u);
      }
    });

    it('has options that can be told apart and take a value where they say so', () => {
      const options = Object.values(optionsOf(command));
      const all = options.map(flagsOf);
      const names = all.flatMap(({ long, short }) => (short === null ? [long] : [long, short]));
      expect(names.filter((one, i) => names.indexOf(one) !== i)).toEqual([]);
      expect(names).not.toContain('help');
      options.forEach((option, i) => {
        expect(option.parse !== undefined, option.flags).toBe(all[i]?.value !== null);
      });
    });

    it('asks for what it needs before what it does not', () => {
      const needed = command.arguments.map(isRequired);
      expect(needed).toEqual([...needed].sort((a, b) => Number(b) - Number(a)));
      for (const argument of command.arguments) expect(argument.name).toMatch(/^[<[][\w|-]+(\.\.\.)?[>\]]$/);
    });

    it('has examples that parse', () => {
      if (entry.hidden) return;
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { line } of command.examples) expect(() => parseExample(command, line), line).not.toThrow();
    });
  },
);

/** The words a shell would make of the last keel call on the line. */
function parseExample(command: Command, line: string): void {
  const call = line.slice(line.lastIndexOf(`keel `)).split(/ *[|>;] */)[0] ?? '';
  const words = [...call.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const named = 1 + command.name.split(' ').length;
  expect(words.slice(0, named).join(' ')).toBe(`keel ${command.name}`);
  parseLine(command, words.slice(named));
}
