/** A Chromium of the system, without anything it would ask the network for by itself. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromiumPath: string | null = PATHS.find((path) => existsSync(path)) ?? null;

/** What a test says that cannot run here. */
export const NO_CHROMIUM = `no Chromium is installed (${PATHS.join(', ')})`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--headless',
      // Chromium's own sandbox does not work for root; the only page it opens is ours.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
