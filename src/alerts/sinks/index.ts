/** The registry of sinks. One line each; `index.test.ts` compares it with the folder. */
import { alertmanager } from './alertmanager.ts';
import { command } from './command.ts';
import { email } from './email.ts';
import { pagerduty } from './pagerduty.ts';
import type { SinkType } from './sink.ts';
import { slack } from './slack.ts';
import { stdout } from './stdout.ts';
import { webhook } from './webhook.ts';

export const SINKS: readonly SinkType[] = [slack, pagerduty, email, webhook, alertmanager, command, stdout];

export function sinkType(type: string): SinkType | undefined {
  return SINKS.find((sink) => sink.type === type);
}
