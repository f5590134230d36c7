/**
 * What the agent of this machine says fires. It is asked by its own address, which the operator gives and no page can;
 * what answers there may be anybody's program, so its document is checked before it is passed on.
 */
import { z } from 'zod';

/** Where an agent listens without another configuration. */
export const AGENT_ADDRESS = 'http://127.0.0.1:9464';

const TIMEOUT_MS = 2000;
const MOST_BYTES = 4 * 1024 * 1024;

const text = z.string().max(2000);
const command = text.nullable();

/** Of `keel.incidents/1`, what is shown. */
const incident = z.object({
  id: text,
  rule: text,
  severity: z.enum(['info', 'warning', 'critical']),
  state: z.enum(['firing', 'resolved']),
  target: text,
  process: z.object({ tgid: z.number(), comm: text, unit: text.nullable() }).nullable(),
  value: z.number(),
  peak: z.number(),
  limit: z.number(),
  unit: text,
  source: text,
  summary: text,
  startedAt: text,
  endedAt: text.nullable(),
  endedBecause: text.nullable(),
  findings: z
    .array(z.object({ rule: text, summary: text, stack: z.array(text).max(64).default([]) }))
    .max(100),
  // An agent of before does not tell it.
  notExplained: text.nullable().default(null),
  remedies: z.array(z.object({ text, command, undo: command })).max(100),
});
const incidents = z.object({
  schema: z.literal('keel.incidents/1'),
  host: text,
  incidents: z.array(incident).max(2000),
});

export type AgentAlerts =
  | {
      readonly state: 'running';
      readonly address: string;
      readonly host: string;
      readonly incidents: readonly z.infer<typeof incident>[];
    }
  /** Nothing answers there, or it is no agent. */
  | { readonly state: 'absent' | 'foreign'; readonly address: string };

/** @param address http or https, without a path */
export async function readAgentAlerts(address: string): Promise<AgentAlerts> {
  const body = await bodyOf(new URL('/incidents', address));
  if (body === null) return { state: 'absent', address };
  const parsed = incidents.safeParse(jsonOf(body));
  if (!parsed.success) return { state: 'foreign', address };
  const { host, incidents: all } = parsed.data;
  return { state: 'running', address, host, incidents: all };
}

/** null where nothing answers in time; what is too long is cut, and then no document. */
async function bodyOf(url: URL): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const decoder = new TextDecoder();
    let body = '';
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
      body += decoder.decode(chunk, { stream: true });
    }
    return body;
  } catch {
    return null;
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
