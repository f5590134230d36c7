import { expect, it } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { nextCommandOn, READING_COMMANDS } from './next-command.ts';

it('is left as it is for the running machine', () => {
  expect(nextCommandOn('keel pin 7 0', undefined)).toBe('keel pin 7 0');
  expect(nextCommandOn(null, 'a.keel')).toBe(null);
});

it('stays with the captured machine, and changes nothing here in its name', () => {
  expect(nextCommandOn('keel check 7', 'a.keel')).toBe('keel check 7 --sysroot a.keel');
  expect(nextCommandOn('keel check 7', "my 'x'")).toBe("keel check 7 --sysroot 'my '\\''x'\\'''");
  expect(nextCommandOn('keel pin 7 0', 'a.keel')).toBe(null);
  expect(nextCommandOn('keel faults record 7', 'a.keel')).toBe(null);
});

it('knows every command that takes --sysroot', async () => {
  const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
  const reading = commands.filter((command) => 'sysroot' in command.options).map((command) => command.name);
  expect([...READING_COMMANDS].sort()).toEqual(reading.sort());
});
