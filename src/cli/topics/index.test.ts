import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMANDS } from '../commands/index.ts';
import { TOPICS } from './index.ts';

it('holds each topic of the folder once, under a name that is no command', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => !/^(index|topic|.*\.test)\.ts$/.test(name))
    .map((name) => name.replace(/\.ts$/, ''));
  const names = TOPICS.map((topic) => topic.name);
  expect([...names].sort()).toEqual(files.sort());
  const commands = COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]);
  expect(names.filter((name) => commands.includes(name))).toEqual([]);
});
