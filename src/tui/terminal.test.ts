import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openScreen } from './terminal.ts';

function opened(columns: number) {
  const input = Object.assign(new PassThrough(), { setRawMode: () => input });
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns, rows: 2 });
  const screen = openScreen(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream);
  return { screen, written: () => String(output.read() ?? '') };
}

it('erases a line before it writes it: behind a full one the cursor stands on its last cell', () => {
  const { screen, written } = opened(5);
  written();
  screen.draw(['12345', 'ab']);
  const drawn = written();
  expect(drawn).toContain('\x1b[1;1H\x1b[K12345');
  expect(drawn).not.toMatch(/12345(\x1b\[0m)?\x1b\[K/);
  screen.close();
});

it('writes only what changed, and no control characters of names', () => {
  const { screen, written } = opened(20);
  screen.draw(['same', 'before']);
  written();
  screen.draw(['same', 'after\x07']);
  const drawn = written();
  expect(drawn).toContain('after');
  expect(drawn).not.toContain('same');
  expect(drawn).not.toContain('\x07');
  screen.close();
});
