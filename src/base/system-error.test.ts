import { expect, it } from 'vitest';
import { systemReason } from './system-error.ts';

it('says a code in words, and keeps it', () => {
  const full = Object.assign(new Error('x'), { code: 'ENOSPC' });
  expect(systemReason(full)).toEqual({
    en: 'no space is left on the disk (ENOSPC)',
    ko: '디스크에 남은 공간이 없습니다 (ENOSPC)',
  });
});

it('leaves what it has no words for as it is', () => {
  expect(systemReason(Object.assign(new Error('x'), { code: 'EXYZ' })).en).toBe('EXYZ');
  expect(systemReason('odd').en).toBe('odd');
});
