/** Light, dark, or as the system has it. */
import { signal } from '@preact/signals';

export const THEMES = ['light', 'dark', 'auto'] as const;
export type Theme = (typeof THEMES)[number];

const kept = localStorage.getItem('theme');
export const theme = signal<Theme>(THEMES.find((one) => one === kept) ?? 'auto');

theme.subscribe((chosen) => {
  localStorage.setItem('theme', chosen);
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
});
