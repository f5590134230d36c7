/** What a terminal sends, as keys. */

export type NamedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'interrupt';

export type Key = { readonly name: NamedKey } | { readonly text: string };

/** As xterm and the Linux console send them, in both modes of the cursor keys. */
const SEQUENCES: Readonly<Record<string, NamedKey>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[H': 'home',
  '[F': 'end',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
};

const CONTROLS: Readonly<Record<string, NamedKey>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'interrupt',
  '\x04': 'interrupt',
  '\x1b': 'escape',
};

/** A sequence comes in one piece; one that is not known is left out whole. */
const PART = /\x1b(\[[0-9;?]*[A-Za-z~]|O[A-Za-z])|[\s\S]/gu;

export function parseKeys(text: string): Key[] {
  const keys: Key[] = [];
  for (const [part, sequence] of text.matchAll(PART)) {
    const name = sequence === undefined ? CONTROLS[part] : SEQUENCES[sequence];
    if (name !== undefined) keys.push({ name });
    else if (sequence === undefined && part >= ' ') keys.push({ text: part });
  }
  return keys;
}
