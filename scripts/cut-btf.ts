/**
 * Cuts a small BTF from a kernel's, with only what our programs ask for: `tsx scripts/cut-btf.ts BTF OUT`.
 *
 * The questions are those of a build against that kernel; the excerpt has the structs, members, offsets, sizes and
 * enumerators of the answers, each leaf as a plain integer. Type numbers are those of the excerpt.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMissing } from '../src/base/missing.ts';
import { RememberedTypes } from '../src/bpf/answers.ts';
import { Btf } from '../src/bpf/btf.ts';
import { KernelLacks, type Member } from '../src/bpf/kernel-types.ts';
import { attachTypeId } from '../src/bpf/program.ts';
import { BtfWriter, type WrittenMember } from '../src/bpf/testing/btf-writer.ts';
import { FIXTURE_BUILDS } from '../src/bpf/testing/fixture-builds.ts';

interface Node {
  readonly member: Member;
  readonly children: Map<string, Node>;
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: tsx scripts/cut-btf.ts BTF OUT');
const btf = new Btf(readFileSync(from));
writeFileSync(to, cut(btf));

function cut(types: Btf): Uint8Array {
  const asked = new RememberedTypes(new Map(), () => types);
  for (const { build } of FIXTURE_BUILDS) {
    try {
      for (const part of build(asked).parts) attachTypeId(asked, part.attachment);
    } catch (error) {
      // What an older kernel lacks, its excerpt lacks too.
      if (!(error instanceof KernelLacks)) throw error;
    }
  }
  const writer = new BtfWriter();
  const structs = new Map<string, Node>();
  for (const [question, answer] of asked.answers) {
    const [kind = '', ...rest] = question.split(' ');
    if (answer === null) continue;
    if (kind === 'member') addMember(types, structs, rest.join(' '));
    else if (kind === 'enumerator') writer.enum('', { [rest[0] as string]: answer as number });
    else if (rest[0] === 'func') writer.func(rest[1] as string);
    else if (rest[0] === 'typedef') writer.typedef(rest[1] as string, 0);
  }
  for (const [name, node] of structs) writeStruct(writer, name, node);
  return writer.bytes();
}

function addMember(types: Btf, structs: Map<string, Node>, text: string): void {
  const [struct = '', ...steps] = text.split(/[.[\]]+/).filter((step) => step !== '');
  const path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  let node = structs.get(struct) ?? {
    member: { offsetBytes: 0, sizeBytes: 0, bits: null },
    children: new Map(),
  };
  structs.set(struct, node);
  path.forEach((step, i) => {
    const member = types.member(struct, path.slice(0, i + 1));
    if (isMissing(member)) throw new Error(`${text}: the way to an answer is missing`);
    const known = node.children.get(String(step)) ?? { member, children: new Map() };
    node.children.set(String(step), known);
    node = known;
  });
}

function writeStruct(writer: BtfWriter, name: string, node: Node): number {
  const members: WrittenMember[] = [...node.children].map(([child, inner]) => ({
    name: child,
    type: writeNode(writer, inner),
    bitOffset: (inner.member.offsetBytes - node.member.offsetBytes) * 8,
  }));
  return writer.struct(name, node.member.sizeBytes, members);
}

function writeNode(writer: BtfWriter, node: Node): number {
  const indexes = [...node.children.keys()].filter((key) => /^\d+$/.test(key));
  const element = node.children.get(indexes[0] ?? '');
  if (element !== undefined) {
    const of = writeNode(writer, element);
    return writer.array(of, Math.floor(node.member.sizeBytes / element.member.sizeBytes), of);
  }
  if (node.children.size > 0) return writeStruct(writer, '', node);
  const { sizeBytes } = node.member;
  return sizeBytes <= 8 ? writer.int('', sizeBytes) : writer.array(writer.int('', 1), sizeBytes, 0);
}
