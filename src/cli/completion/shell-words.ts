/** Words written for a bash command line that is being typed. */

/** The word with a backslash before everything a shell could take for more than a letter. */
export function escapeWord(word: string): string {
  return word.replace(/[^\p{L}\p{N}_@%+=:,./^-]/gu, (char) => `\\${char}`);
}

/**
 * Bash replaces only what follows the last of COMP_WORDBREAKS in the word being typed.
 * @returns how many letters of the word come before that
 */
export function keptLength(word: string, breaks: string): number {
  return (
    1 +
    Math.max(-1, ...[...':='].filter((char) => breaks.includes(char)).map((char) => word.lastIndexOf(char)))
  );
}
