/** What a page fault does where no huge page is free. */
import { fileSetting, isNowhere } from './file-setting.ts';

export const hugePageDefrag = fileSetting({
  name: 'hugePageDefrag',
  label: { en: 'huge pages, making room', ko: '거대 페이지 자리 만들기' },
  isPlace: isNowhere,
  isValue: (value) => /^(always|defer|defer\+madvise|madvise|never)$/.test(value),
});
