/** What `objdump --disassemble --line-numbers --no-show-raw-insn` prints. GNU binutils; llvm-objdump prints alike. */

export interface DisassembledLine {
  readonly address: number;
  readonly text: string;
  /** null where the file has no debug information. */
  readonly source: { readonly path: string; readonly line: number } | null;
}

/** `    11df:	movb   $0x1,(%rdi,%rax,1)` */
const INSTRUCTION = /^ *([0-9a-f]+):\s+(.*\S)\s*$/;
/** `/srv/arena.c:20 (discriminator 3)`; llvm puts a semicolon and a blank before it. */
const SOURCE = /^(?:; )?(.+):(\d+)(?: \(discriminator \d+\))?$/;

/** Instructions in the order they stand. Whatever else is printed is passed over. */
export function parseDisassembly(text: string): DisassembledLine[] {
  const found: DisassembledLine[] = [];
  let source: DisassembledLine['source'] = null;
  for (const line of text.split('\n')) {
    const instruction = INSTRUCTION.exec(line);
    if (instruction !== null) {
      const [, address = '', code = ''] = instruction;
      found.push({ address: Number.parseInt(address, 16), text: code.replaceAll(/\s+/g, ' '), source });
      continue;
    }
    const place = SOURCE.exec(line);
    if (place !== null) source = sourceOf(place[1] as string, Number(place[2]));
    // The next function begins: what was said of the one before does not hold.
    else if (/^[0-9a-f]+ <.*>:$/.test(line)) source = null;
  }
  return found;
}

/** Line 0 is code that the compiler made of no line. */
function sourceOf(path: string, line: number): DisassembledLine['source'] {
  return line > 0 && path !== '??' ? { path, line } : null;
}
