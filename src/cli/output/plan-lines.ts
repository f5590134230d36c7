/** What the plans of all commands that change something have in common. */
import { cells, type Look } from './look.ts';
import { wrap } from './wrap.ts';

/** The id it would get, and that nothing has changed. */
export function planTitle(id: string, isDry: boolean, look: Look): string {
  const state = isDry
    ? { en: 'nothing will change', ko: '아무것도 바꾸지 않습니다' }
    : { en: 'nothing changed yet', ko: '아직 바꾸지 않았습니다' };
  const title = `${look.say({ en: 'Plan', ko: '계획' })} ${id}`;
  const gap = Math.max(3, look.width - cells(title) - cells(look.say(state)));
  return title + ' '.repeat(gap) + look.say(state);
}

/** A line with its mark, broken where it is too long. */
export function markedLines(mark: string, text: string, look: Look): readonly string[] {
  return wrap(text, look.width - 4).map((line, i) => (i === 0 ? `  ${mark} ${line}` : `    ${line}`));
}
