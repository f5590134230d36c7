/** The registry of probes. One line per kind; `index.test.ts` compares it with the folder. */
import { KeelError } from '../../base/errors.ts';
import { cmd } from './cmd.ts';
import { http } from './http.ts';
import { log } from './log.ts';
import type { Probe, ProbeKind } from './probe.ts';
import { prometheus } from './prometheus.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';

export const PROBES: readonly ProbeKind[] = [cmd, http, tcp, udp, log, prometheus];

/** @param text as the user wrote it: `http:URL` @throws KeelError E_USAGE, E_PROBE */
export function openProbe(text: string): Probe {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  // An https URL is its own description.
  if (scheme === 'https') return http.open(text);
  const kind = PROBES.find((one) => one.scheme === scheme);
  if (kind !== undefined) return kind.open(rest);
  throw new KeelError('E_USAGE', {
    what: { en: `"${text}" is no probe`, ko: `"${text}"은(는) probe가 아닙니다` },
    pointer: { text, start: 0, end: scheme === undefined ? text.length : scheme.length },
    next: PROBES.map(({ usage, describe }) => ({
      en: `   ${usage}   ${describe.en}`,
      ko: `   ${usage}   ${describe.ko}`,
    })),
  });
}
