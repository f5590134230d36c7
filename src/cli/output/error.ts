/** An error for people: what, where in their own text, and what to do next. */
import type { KeelError } from '../../base/errors.ts';
import type { Json } from '../command.ts';
import { cells, type Look, safeName } from './look.ts';

export function errorLines(error: KeelError, look: Look): string[] {
  const { what, pointer, next } = error.parts;
  // A sentence may quote a name that somebody else chose; only a stack of our own has lines.
  const said = error.code === 'E_INTERNAL' ? look.say(what) : safeName(look.say(what));
  const lines = [`${look.colors.red(look.language === 'ko' ? '오류' : 'error')} ${error.code}: ${said}`];
  if (pointer !== undefined) {
    const before = cells(safeName(pointer.text.slice(0, pointer.start)));
    const length = Math.max(1, cells(safeName(pointer.text.slice(pointer.start, pointer.end))));
    lines.push(`   ${safeName(pointer.text)}`);
    lines.push(
      `   ${' '.repeat(before)}${'^'.repeat(length)}${pointer.note ? ` ${look.say(pointer.note)}` : ''}`,
    );
  }
  for (const sentence of next ?? []) lines.push(safeName(look.say(sentence)));
  return lines;
}

/** With `--json`, errors are one object on stderr; field names and sentences are English always. */
export function errorJson(error: KeelError): Json {
  return {
    schema: 'keel.error/1',
    code: error.code,
    what: error.parts.what.en,
    next: (error.parts.next ?? []).map((sentence) => sentence.en),
  };
}
