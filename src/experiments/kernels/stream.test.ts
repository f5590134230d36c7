import { expect, it } from 'vitest';
import { streamsOver, TURN_BYTES } from './stream.ts';

const BYTES = 65_536;

function freshMemory() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const words = new Int32Array(memory.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = Math.imul(i, 2_654_435_761);
  return { memory, words, ...streamsOver(memory) };
}

it('reads every part of its range, and no other', () => {
  const { words, read } = freshMemory();
  const before = read(1024, 4096, 0);
  for (const byte of [1024, 1024 + 16, 1024 + 32, 4096 - 16]) {
    words[byte / 4] = (words[byte / 4] as number) ^ 0x55;
    expect(read(1024, 4096, 0), `byte ${byte}`).toBe(before ^ 0x55);
    words[byte / 4] = (words[byte / 4] as number) ^ 0x55;
  }
  words[0] = 1;
  words[1024] = 1;
  expect(read(1024, 4096, 0)).toBe(before);
});

it('writes its range, and no other', () => {
  const { words, write } = freshMemory();
  const before = [...words];
  write(1024, 4096, 7);
  words.forEach((word, i) => {
    expect(word).toBe(i >= 256 && i < 1024 ? 7 : before[i]);
  });
});

it('copies its range', () => {
  const { words, copy } = freshMemory();
  const before = [...words];
  copy(0, BYTES / 2, BYTES / 2);
  expect([...words.subarray(0, BYTES / 8)]).toEqual(before.slice(0, BYTES / 8));
  expect([...words.subarray(BYTES / 8)]).toEqual(before.slice(0, BYTES / 8));
});

it('works on a single turn', () => {
  const { words, write } = freshMemory();
  write(0, TURN_BYTES, -1);
  expect([...words.subarray(0, 16)]).toEqual(new Array(16).fill(-1));
  expect(words[16]).not.toBe(-1);
});
