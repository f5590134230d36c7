/** How readily the kernel puts memory out to swap rather than dropping files: 0 to 200 (to 100 before Linux 5.8). */
import { fileSetting, isNowhere } from './file-setting.ts';

export const swappiness = fileSetting({
  name: 'swappiness',
  label: { en: 'swappiness', ko: '스왑 성향(swappiness)' },
  isPlace: isNowhere,
  isValue: isSwappiness,
});

export function isSwappiness(value: string): boolean {
  return /^\d{1,3}$/.test(value) && Number(value) <= 200;
}
