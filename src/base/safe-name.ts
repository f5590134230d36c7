/** Names that somebody else chose, made harmless. */

/**
 * A name that somebody else chose (a task, a file, a cgroup), safe to print: control characters, also the eight-bit
 * ones, and characters that turn the direction of writing are shown as escapes.
 */
export function safeName(name: string): string {
  return name.replace(/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
