/** Sets of addresses as ranges: what of a process's memory is locked, was, or is to be. User addresses fit a number. */

export interface AddressRange {
  readonly address: number;
  readonly bytes: number;
}

const endOf = ({ address, bytes }: AddressRange) => address + bytes;

/** Ascending, without overlaps, and what touches is one. */
export function joined(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const result: { address: number; bytes: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.address - b.address)) {
    const last = result.at(-1);
    if (range.bytes <= 0) continue;
    if (last !== undefined && range.address <= endOf(last)) {
      last.bytes = Math.max(endOf(last), endOf(range)) - last.address;
    } else result.push({ address: range.address, bytes: range.bytes });
  }
  return result;
}

/** What is in both. */
export function common(a: readonly AddressRange[], b: readonly AddressRange[]): readonly AddressRange[] {
  const [left, right] = [joined(a), joined(b)];
  const result: AddressRange[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [one, other] = [left[i], right[j]] as [AddressRange, AddressRange];
    const address = Math.max(one.address, other.address);
    const end = Math.min(endOf(one), endOf(other));
    if (address < end) result.push({ address, bytes: end - address });
    if (endOf(one) < endOf(other)) i += 1;
    else j += 1;
  }
  return result;
}

/** What is in `a` and not in `b`. */
export function without(a: readonly AddressRange[], b: readonly AddressRange[]): readonly AddressRange[] {
  const holes = joined(b);
  let next = 0;
  return joined(a).flatMap((range) => {
    const left: AddressRange[] = [];
    let { address } = range;
    while (next < holes.length && endOf(holes[next] as AddressRange) <= address) next += 1;
    for (let i = next; i < holes.length; i += 1) {
      const hole = holes[i] as AddressRange;
      if (hole.address >= endOf(range)) break;
      if (hole.address > address) left.push({ address, bytes: hole.address - address });
      address = Math.max(address, endOf(hole));
    }
    return address < endOf(range) ? [...left, { address, bytes: endOf(range) - address }] : left;
  });
}

export function totalBytes(ranges: readonly AddressRange[]): number {
  return ranges.reduce((sum, range) => sum + range.bytes, 0);
}

/** Pieces of at most this size, in the order of addresses. */
export function* pieces(ranges: readonly AddressRange[], mostBytes: number): Generator<AddressRange> {
  for (const { address, bytes } of ranges) {
    for (let at = 0; at < bytes; at += mostBytes) {
      yield { address: address + at, bytes: Math.min(mostBytes, bytes - at) };
    }
  }
}
