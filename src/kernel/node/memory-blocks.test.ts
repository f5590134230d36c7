import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { memoryBlockBytes, nodeMemoryBlocks } from './memory-blocks.ts';

describe('memory blocks', () => {
  it('are those among everything else that a node has', () => {
    const names = 'compact\ncpu0\nmemory10\nmemory2\nmemory_failure\nmeminfo\nmemory_side_cache\n';
    expect(nodeMemoryBlocks.parse(names, NO_FACTS)).toEqual([2, 10]);
    expect(nodeMemoryBlocks.parse('cpulist\nmeminfo\n', NO_FACTS)).toEqual([]);
  });

  it('have a size in hexadecimal', () => {
    expect(memoryBlockBytes.parse('8000000\n', NO_FACTS)).toBe(128 * 2 ** 20);
    expect(memoryBlockBytes.parse('80000000\n', NO_FACTS)).toBe(2 ** 31);
  });

  it('refuse any other text', () => {
    for (const text of ['', '0\n', '0x8000000\n', '128M\n'])
      expect(() => memoryBlockBytes.parse(text, NO_FACTS)).toThrow(FormatError);
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(memoryBlockBytes.parse(text, NO_FACTS)).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
