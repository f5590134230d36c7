/** Where the kernel may give huge pages: everywhere, where a program asks for them, or nowhere. */
import { fileSetting, isNowhere } from './file-setting.ts';

export const hugePages = fileSetting({
  name: 'hugePages',
  label: { en: 'huge pages', ko: '거대 페이지' },
  isPlace: isNowhere,
  isValue: (value) => /^(always|madvise|never)$/.test(value),
});
