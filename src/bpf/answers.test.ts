import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missing } from '../base/missing.ts';
import { parseAnswers, RememberedTypes, renderAnswers } from './answers.ts';
import type { KernelTypes } from './kernel-types.ts';

const member = { offsetBytes: 8, sizeBytes: 4, bits: null };
const kernel: KernelTypes = {
  member: (struct) => (struct === 'task_struct' ? member : missing('absent', struct)),
  typeId: () => 42,
  enumerator: () => -1,
};

function askAll(types: KernelTypes): unknown[] {
  return [
    types.member('task_struct', ['se', 1, 'x']),
    types.member('nothing', ['x']),
    types.typeId('func', 'f'),
    types.enumerator('E'),
  ];
}

describe('remembered answers', () => {
  it('spare the second run the question, also of what is absent', () => {
    const first = new RememberedTypes(new Map(), () => kernel);
    const asked = askAll(first);
    expect(first.learned).toBe(true);
    const text = renderAnswers('id', first.answers);
    const second = new RememberedTypes(parseAnswers('id', text) ?? new Map(), () => {
      throw new Error('BTF was opened');
    });
    expect(askAll(second).map((answer) => JSON.stringify(answer).replace('.x', ''))).toEqual(
      asked.map((answer) => JSON.stringify(answer)),
    );
    expect(second.learned).toBe(false);
  });

  it('ask the kernel for what is not among them', () => {
    const types = new RememberedTypes(new Map([['type func f', 7]]), () => kernel);
    expect(types.typeId('func', 'f')).toBe(7);
    expect(types.learned).toBe(false);
    expect(types.enumerator('E')).toBe(-1);
    expect(types.learned).toBe(true);
  });

  it('do not mistake an answer of one form for one of another', () => {
    const types = new RememberedTypes(new Map([['type func f', member]]), () => kernel);
    expect(types.typeId('func', 'f')).toBe(42);
  });

  it.each([
    ['another kernel', renderAnswers('other', new Map())],
    ['another format', renderAnswers('id', new Map()).replace('answers 1', 'answers 2')],
    ['cut', renderAnswers('id', new Map()).slice(0, -4)],
    ['a number that is none', '{"format":"keel-btf-answers 1","key":"id","answers":{"a":1.5}}'],
    ['a negative offset', renderAnswers('id', new Map([['a', { ...member, offsetBytes: -8 }]]))],
    ['a huge offset', renderAnswers('id', new Map([['a', { ...member, offsetBytes: 2 ** 40 }]]))],
    [
      'text for bits',
      '{"format":"keel-btf-answers 1","key":"id","answers":{"a":{"offsetBytes":1,"sizeBytes":1,"bits":"x"}}}',
    ],
    ['a list', '{"format":"keel-btf-answers 1","key":"id","answers":[]}'],
  ])('are refused as a whole: %s', (_, text) => {
    expect(parseAnswers('id', text)).toBeNull();
  });

  it('are refused, not thrown at, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseAnswers('id', text)).toBeNull();
      }),
    );
  });
});
